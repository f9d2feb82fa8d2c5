/**
 * Forms with files, `multipart/form-data` (RFC 7578, RFC 2046 5.1.1).
 *
 * Searched with the engine's `indexOf`: the parser behind `Response.formData` holds the event loop for 100 ms and more
 * at 32 MB, this one for about 10.
 */
import { Refusal } from './reply.ts'

/** A field that holds a file. */
export interface FilePart {
  /** The file's name as the client gives it. */
  readonly name: string
  /** A view into the body. */
  readonly bytes: Uint8Array
}

/** Bytes of the headers of one part. */
const longestHead = 16_384

export function isMultipart(contentType: string): boolean {
  return /^\s*multipart\/form-data\b/i.test(contentType)
}

/**
 * The files of a form; other fields are passed over.
 *
 * @param most how many files there may be
 * @throws Refusal 400 for a form that is broken, 413 for one with too many files
 */
export function filesOfForm(body: Uint8Array, contentType: string, most: number): FilePart[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const files: FilePart[] = []
  for (const { head, content } of partsOf(bytes, boundaryOf(contentType))) {
    const name = fileName(head)
    if (name === null) continue
    if (files.length === most) throw tooMany(most)
    files.push({ name: name || 'unnamed', bytes: content })
  }
  return files
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw broken('it names no boundary')
  return boundary
}

interface Part {
  readonly head: string
  readonly content: Buffer
}

function* partsOf(bytes: Buffer, boundary: string): Generator<Part, void, undefined> {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const between = Buffer.concat([Buffer.from('\r\n'), delimiter])
  // What comes before the first delimiter is for nobody.
  let at = bytes.subarray(0, delimiter.length).equals(delimiter) ? 0 : bytes.indexOf(between) + 2
  if (at === 1) throw broken('its first boundary is missing')
  for (;;) {
    at += delimiter.length
    if (bytes.subarray(at, at + 2).equals(dashes)) return
    const headStart = bytes.indexOf('\r\n', at)
    const headEnd = bytes.indexOf('\r\n\r\n', headStart)
    if (headStart < 0 || headEnd < 0 || headEnd - headStart > longestHead)
      throw broken('a part has no end of its headers')
    const contentStart = headEnd + 4
    // A part without content may end in the very line break that ends its headers.
    const end = bytes.indexOf(between, contentStart - 2)
    if (end < 0) throw broken('it was cut short')
    yield {
      head: bytes.toString('utf8', headStart, headEnd),
      content: bytes.subarray(contentStart, Math.max(contentStart, end)),
    }
    at = end + 2
  }
}

const dashes = Buffer.from('--')

/** The name of a part's file, escapes undone as the WHATWG's form encoding makes them; null for a part that is no file. */
function fileName(head: string): string | null {
  const [, disposition] = /\r\ncontent-disposition:([^\r]*)/i.exec(head) ?? []
  if (disposition === undefined) throw broken('a part does not say what it is')
  const [, quoted, plain] = /;\s*filename=(?:"((?:\\.|[^"\\])*)"|([^\s;]+))/i.exec(disposition) ?? []
  const name = quoted?.replace(/\\(["\\])/g, '$1') ?? plain
  return name?.replace(/%22/g, '"').replace(/%0D|%0A/gi, ' ') ?? null
}

function broken(reason: string): Refusal {
  return new Refusal(400, 'form', `The form cannot be read: ${reason}`, {
    hint: 'send multipart/form-data as "curl -F image=@photo.jpg" does',
  })
}

function tooMany(most: number): Refusal {
  return new Refusal(413, 'too-many-images', `The form holds more than ${most} images`, {
    hint: 'send them in several requests',
  })
}
