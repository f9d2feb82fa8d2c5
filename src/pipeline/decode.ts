/** From an image file's bytes to upright 8-bit sRGB pixels, or one clear error that names the file. */
import { messageOf } from '../util/errors.ts'
import { complaintOf } from './complaints.ts'
import { decodeFully } from './decode-sharp.ts'
import { decodeThumbnail } from './decode-thumbnail.ts'
import { flatten } from './flatten.ts'
import { type ImageFormat, sniff } from './sniff.ts'
import { type Colour, type DecodeLimits, defaultLimits, defaultPreprocessing, type Image } from './types.ts'
import { UnreadableImage } from './unreadable.ts'

export interface DecodeOptions {
  /** What to call the file in errors. */
  readonly name: string
  /** The colour on which transparency is flattened; white by default. */
  readonly background?: Colour
  /**
   * Allows a photograph much larger than this side, in pixels, to be shrunk while it is decoded; both sides of the
   * result are then at least three times as long. By default the result has the picture's own size.
   */
  readonly atLeast?: number
  readonly limits?: Partial<DecodeLimits>
}

/**
 * Decodes a JPEG, PNG, WebP, GIF (first frame), AVIF or TIFF file, told by its content.
 *
 * Exif orientation is applied, colour profiles and CMYK are converted to sRGB, 16 bits become 8, gray becomes RGB,
 * and transparency is flattened. A file whose pixel data is truncated or broken is refused, whichever decoder
 * meets it; a file with stray bytes or faulty metadata is read.
 *
 * @throws UnreadableImage, a UserError `image` that names the file, for anything that cannot be read or exceeds the limits
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions): Promise<Image> {
  const { name, background = defaultPreprocessing.background, atLeast = null } = options
  const limits = { ...defaultLimits, ...options.limits }
  const format = readableFormat(bytes, name, limits)
  try {
    const thumbnail = await decodeThumbnail(bytes, format)
    return flatten(thumbnail ?? (await decodeFully(bytes, format, atLeast, limits)), background)
  } catch (error) {
    const reason = `its ${format} data cannot be decoded: ${complaintOf(error)}`
    throw new UnreadableImage(name, reason, { hint: hintFor(error), cause: error })
  }
}

/** Refuses what is no image or too large a file, and says which format the rest is. */
function readableFormat(bytes: Uint8Array, name: string, limits: DecodeLimits): ImageFormat {
  if (bytes.length > limits.bytes) {
    const megabytes = (size: number): string => `${Math.round(size / 2 ** 20)} MiB`
    const reason = `it has ${megabytes(bytes.length)}, more than ${megabytes(limits.bytes)}`
    throw new UnreadableImage(name, reason, { hint: smallerCopy })
  }
  if (bytes.length === 0) throw new UnreadableImage(name, 'it is empty', { hint: mend })
  const content = sniff(bytes)
  if (content.type === 'image') return content.format
  const reason = `it holds ${content.what}, not JPEG, PNG, WebP, GIF, AVIF or TIFF`
  throw new UnreadableImage(name, reason, { hint: content.hint })
}

const smallerCopy = 'make a smaller copy of it'
const mend = 'fetch the file again, or open it in an image editor and save it anew'

function hintFor(error: unknown): string {
  return /pixels (are more|take)|timeout:/.test(messageOf(error)) ? smallerCopy : mend
}
