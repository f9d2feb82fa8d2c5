/** The pictures in a request: its body as it is, or the files of a form. */
import type { Bytes } from '../pipeline/decode-source.ts'
import { joined } from './joined.ts'
import { formReader, isMultipart } from './multipart.ts'
import { Refusal } from './reply.ts'
import type { Call } from './router.ts'

/** A picture that a client sent. */
export type Upload = Bytes

export interface Uploads {
  readonly pictures: readonly Upload[]
  /** Whether they came in a form, however many they are. */
  readonly isForm: boolean
}

/** How to do it right. */
const usage = 'send the bytes of an image file, as "curl --data-binary @photo.jpg" does, or a form with files'

/**
 * @param most how many pictures there may be
 * @throws Refusal for a body that cannot hold pictures
 */
export async function uploadsOf(call: Call, most: number): Promise<Uploads> {
  const contentType = call.headers['content-type'] ?? ''
  if (/\bjson\b/i.test(contentType))
    throw new Refusal(415, 'content-type', 'An image was wanted, the body is JSON', {
      hint: `${usage}; addresses are not fetched`,
    })
  return isMultipart(contentType)
    ? formOf(call, contentType, most)
    : { pictures: [await plain(call)], isForm: false }
}

async function plain(call: Call): Promise<Upload> {
  const pieces: Uint8Array[] = []
  await call.read(piece => pieces.push(piece))
  if (pieces.length === 0) throw nothing('The body is empty')
  return upload('the body', joined(pieces))
}

async function formOf(call: Call, contentType: string, most: number): Promise<Uploads> {
  const form = formReader(contentType, most)
  await call.read(form.take)
  const pictures = form.end().map(({ name, bytes }) => upload(name, bytes))
  if (pictures.length === 0) throw nothing('The form holds no file')
  return { pictures, isForm: true }
}

function nothing(message: string): Refusal {
  return new Refusal(400, 'no-image', message, { hint: usage })
}

function upload(name: string, bytes: Uint8Array<ArrayBuffer>): Upload {
  return { type: 'bytes', name, bytes, isGiven: true }
}
