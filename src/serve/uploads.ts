/** The pictures in a request: its body as it is, or the files of a form. */
import type { Picture } from '../pipeline/decode-source.ts'
import { filesOfForm, isMultipart } from './multipart.ts'
import { Refusal } from './reply.ts'
import type { Call } from './router.ts'

/** A picture that a client sent. */
export type Upload = Extract<Picture, { type: 'bytes' }>

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
  const body = await call.body()
  if (body.length === 0) throw new Refusal(400, 'no-image', 'The body is empty', { hint: usage })
  if (!isMultipart(contentType)) return { pictures: [upload('the body', body)], isForm: false }
  // Copies: a view would take the whole form along to the thread that decodes it.
  const pictures = filesOfForm(body, contentType, most).map(({ name, bytes }) => upload(name, bytes.slice()))
  if (pictures.length === 0) throw new Refusal(400, 'no-image', 'The form holds no file', { hint: usage })
  return { pictures, isForm: true }
}

function upload(name: string, bytes: Uint8Array): Upload {
  return { type: 'bytes', name, bytes }
}
