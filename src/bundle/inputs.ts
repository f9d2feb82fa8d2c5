/** Everything that a picture may be given as, brought to upright RGB pixels. */
import { fileURLToPath } from 'node:url'
import type { Source } from '../dataset/types.ts'
import { decodeImage } from '../pipeline/decode.ts'
import { flatten } from '../pipeline/flatten.ts'
import { type DecodeLimits, defaultLimits, type Image, type Preprocessing } from '../pipeline/types.ts'
import { UserError } from '../util/errors.ts'
import { quoted } from '../util/words.ts'

/** Pixels as they are, such as a browser's ImageData: rows top to bottom, uint8, alpha not premultiplied. */
export interface RawPixels {
  readonly width: number
  readonly height: number
  /** width * height * channels numbers. */
  readonly data: Uint8Array | Uint8ClampedArray
  /** Gray, RGB or RGBA; by default what the length of the data says. */
  readonly channels?: 1 | 3 | 4
}

/** A picture: a file's path or `file:` URL, an image file's bytes, a Blob of them, or raw pixels. */
export type ClassifierInput = string | URL | Uint8Array | Blob | RawPixels

/** The file behind an input; undefined for one that is no path and no `file:` URL. */
export function sourceOf(input: ClassifierInput): Source | undefined {
  const text = input instanceof URL ? input.href : input
  if (typeof text !== 'string' || address.test(text)) return undefined
  return { type: 'file', path: /^file:/i.test(text) ? fileURLToPath(text) : text }
}

/** What looks like a path and would have to be fetched. */
const address = /^(https?|data|blob|ftp):/i

/**
 * The pixels of an input that is no path.
 *
 * @throws UserError `image` when encoded bytes cannot be decoded, and for an address, which is never fetched
 * @throws TypeError when the input is nothing that holds a picture
 * @throws RangeError when raw pixels are not as long as their size says
 */
export async function imageOf(
  input: ClassifierInput,
  { background, size }: Preprocessing,
  limits: Partial<DecodeLimits>,
): Promise<Image> {
  const options = { background, atLeast: size, limits }
  if (input instanceof Uint8Array) return decodeImage(input, { ...options, name: 'the given bytes' })
  if (input instanceof Blob)
    return decodeImage(await bytesOf(input, limits), { ...options, name: nameOf(input) })
  if (isRaw(input)) return rawImage(input, background)
  if (typeof input === 'string' || input instanceof URL) throw neverFetched(String(input))
  throw new TypeError(
    `Expected a path, a file: URL, bytes, a Blob or pixels. Received: ${input === null ? 'null' : typeof input}`,
  )
}

function neverFetched(text: string): UserError {
  const message = `Cannot read ${quoted(text.slice(0, 200))}: only files are read, nothing is fetched`
  return new UserError('image', message, {
    hint: 'fetch it yourself and give the bytes: new Uint8Array(await (await fetch(url)).arrayBuffer())',
  })
}

/** A Blob may be far larger than memory, so its size is looked at before its content. */
async function bytesOf(
  blob: Blob,
  { bytes: most = defaultLimits.bytes }: Partial<DecodeLimits>,
): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(0, most + 1).arrayBuffer())
}

/** A Blob that comes from a form has the name of its file. */
function nameOf(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : 'the given Blob'
}

function isRaw(input: unknown): input is RawPixels {
  return (
    typeof input === 'object' && input !== null && 'width' in input && 'height' in input && 'data' in input
  )
}

function rawImage(
  { width, height, data, channels }: RawPixels,
  background: Preprocessing['background'],
): Image {
  const pixels = width * height
  if (![width, height].every(side => Number.isInteger(side) && side > 0))
    throw new RangeError(`Expected sides of 1 pixel or more. Received: ${width} x ${height}`)
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
    throw new TypeError('Expected pixels as Uint8Array or Uint8ClampedArray')
  const found = channels ?? data.length / pixels
  if (![1, 3, 4].includes(found) || data.length !== pixels * found) {
    const wanted = channels === undefined ? '1, 3 or 4' : String(channels)
    throw new RangeError(`Expected ${width} x ${height} x ${wanted} numbers. Received: ${data.length}`)
  }
  return flatten({ width, height, channels: found, data }, background)
}
