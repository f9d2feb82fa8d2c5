/**
 * Forms with files, `multipart/form-data` (RFC 7578, RFC 2046 5.1.1), read as they come.
 *
 * Searched with the engine's `indexOf`, piece by piece: to read a form of 32 MB in one go would hold the event loop for
 * 70 ms, and the parser behind `Response.formData` for more.
 */
import { joined } from './joined.ts'
import { Refusal } from './reply.ts'

/** A field that holds a file. */
export interface FilePart {
  /** The file's name as the client gives it. */
  readonly name: string
  /** In memory of their own. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Takes a form in pieces of any length. */
export interface FormReader {
  /** @throws Refusal 400 for a form that is broken, 413 for one with too many files */
  take(piece: Uint8Array): void
  /**
   * The files, in their order; other fields are passed over.
   *
   * @throws Refusal 400 for a form that has not come to its end
   */
  end(): FilePart[]
}

/** Bytes of the headers of one part. */
const longestHead = 16_384

export function isMultipart(contentType: string): boolean {
  return /^\s*multipart\/form-data\b/i.test(contentType)
}

/** What a form is read up to: its first boundary, the end of a part's headers or content, or its own end. */
type Stage = 'preamble' | 'head' | 'content' | 'epilogue'

const unfinished: Readonly<Record<Exclude<Stage, 'epilogue'>, string>> = {
  preamble: 'its first boundary is missing',
  head: 'a part has no end of its headers',
  content: 'it was cut short',
}

/**
 * Begins to read a form.
 *
 * @param most how many files there may be
 * @throws Refusal 400 when the content type names no boundary
 */
export function formReader(contentType: string, most: number): FormReader {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`, 'latin1')
  const files: FilePart[] = []
  let stage: Stage = 'preamble'
  /** The file in work; null for another field, and for what is for nobody. */
  let name: string | null = null
  let content: Uint8Array[] = []
  // The first delimiter may begin the form, without the line break of the others.
  let rest: Buffer = Buffer.from('\r\n')

  const readHead = (): boolean => {
    if (rest.length < 2) return false
    if (rest.subarray(0, 2).equals(dashes)) {
      stage = 'epilogue'
      return false
    }
    const start = rest.indexOf('\r\n')
    const end = start < 0 ? -1 : rest.indexOf('\r\n\r\n', start)
    if ((end < 0 ? rest.length : end) > longestHead) throw broken(unfinished.head)
    if (end < 0) return false
    name = fileName(rest.toString('utf8', start, end))
    if (name !== null && files.length === most) throw tooMany(most)
    stage = 'content'
    // A part without content may end in the very line break that ends its headers.
    rest = rest.subarray(end + 2)
    return true
  }

  const readContent = (): boolean => {
    const end = rest.indexOf(delimiter)
    // What could be the beginning of a delimiter waits for more.
    const safe = end < 0 ? Math.max(0, rest.length - delimiter.length + 1) : end
    if (name !== null && safe > 0) content.push(rest.subarray(0, safe))
    rest = rest.subarray(end < 0 ? safe : end + delimiter.length)
    if (end < 0) return false
    if (name !== null) files.push({ name: name || 'unnamed', bytes: joined(content, 2) })
    content = []
    name = null
    stage = 'head'
    return true
  }

  return {
    take(piece) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      while (stage === 'head' ? readHead() : stage !== 'epilogue' && readContent());
      if (stage === 'epilogue') rest = Buffer.alloc(0)
    },
    end() {
      if (stage !== 'epilogue') throw broken(unfinished[stage])
      return files
    },
  }
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw broken('it names no boundary')
  return boundary
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
