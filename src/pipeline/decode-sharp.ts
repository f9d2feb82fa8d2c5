/** Every image format through sharp: orientation, colour spaces, bit depths, transparency, limits. */
import sharp, { type SharpOptions } from 'sharp'
import { isForgiven, isTimeout, linesOf } from './complaints.ts'
import { checkCost, checkDepth, shrunkSize } from './decode-cost.ts'
import type { Bitmap } from './flatten.ts'
import { decodeJpeg } from './mozjpeg.ts'
import type { ImageFormat } from './sniff.ts'
import type { DecodeLimits, Image } from './types.ts'

/** Largest JPEG whose warnings are read in WebAssembly, in pixels: it holds 8 bytes for each. */
const judgedPixels = 25e6

/**
 * Decodes an image of any format to upright 8-bit sRGB or gray, with its alpha; an animation gives its first frame.
 *
 * Truncated files and broken pixel data are refused. Complaints that leave the pixels whole, such as the stray
 * bytes that some cameras write, are forgiven: all warnings about a PNG, and some about a JPEG.
 *
 * @param atLeast least length of either side of the result, in pixels; null for the picture's own size
 * @throws Error with a message in sharp's words
 */
export async function decodeFully(
  bytes: Uint8Array,
  format: ImageFormat,
  atLeast: number | null,
  limits: DecodeLimits,
): Promise<Bitmap> {
  const bitmapOr = (failOn: 'warning' | 'error'): Promise<Bitmap> =>
    decode(bytes, atLeast, limits, { failOn, limitInputPixels: limits.pixels, autoOrient: true })
  if (format === 'PNG') return bitmapOr('error')
  try {
    return await bitmapOr('warning')
  } catch (error) {
    if (format !== 'JPEG' || isTimeout(error)) throw error
    const bitmap = await bitmapOr('error').catch(() => Promise.reject(error))
    const warnings = await warningsOf(bytes, error)
    if (warnings.length > 0 && warnings.every(isForgiven)) return bitmap
    throw new Error(warnings.join('\n'), { cause: error })
  }
}

/**
 * What there is to warn of about a JPEG. libvips keeps one list of complaints for all threads of a process, where
 * another picture's may be added and this one's be taken away: a decoder of this thread's own is asked first.
 */
async function warningsOf(bytes: Uint8Array, error: unknown): Promise<readonly string[]> {
  const { width, height } = await imageSize(bytes)
  if (width * height > judgedPixels) return linesOf(error)
  const { picture, complaints } = await decodeJpeg(bytes)
  const warnings = picture === null ? complaints.slice(0, -1) : complaints // the last is what ended it
  return warnings.length > 0 ? warnings : linesOf(error)
}

async function decode(
  bytes: Uint8Array,
  atLeast: number | null,
  limits: DecodeLimits,
  options: SharpOptions,
): Promise<Bitmap> {
  const metadata = await sharp(bytes, { ...options, limitInputPixels: false }).metadata()
  const { autoOrient } = metadata
  const [width, height] = shrunkSize(autoOrient, atLeast)
  checkCost(metadata, width * height, limits)
  checkDepth(metadata)
  let pipeline = sharp(bytes, options)
    .timeout({ seconds: Math.ceil(limits.seconds) })
    .toColourspace('srgb')
  if (width < autoOrient.width) pipeline = pipeline.resize(width, height, { fit: 'fill' })
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

/** The upright size of a picture, from its header, whatever is wrong behind it. @throws Error in sharp's words */
export async function imageSize(
  bytes: Uint8Array,
): Promise<{ readonly width: number; readonly height: number }> {
  const { autoOrient } = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata()
  return { width: autoOrient.width, height: autoOrient.height }
}

/**
 * A drawing (SVG) as a PNG of at most 256 colours.
 *
 * @param scale pixels per SVG unit
 */
export async function rasterise(svg: string, scale: number): Promise<Uint8Array> {
  const dotsPerInch = 72 * scale
  return sharp(Buffer.from(svg), { density: dotsPerInch }).png({ palette: true, dither: 0 }).toBuffer()
}

/** Pixels as a JPEG file, to be looked at. @param quality 1..100 */
export async function encodeJpeg({ width, height, data }: Image, quality = 82): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer()
}

/** Pixels as a PNG file, without loss: RGB, or RGBA where there are four bytes a pixel. */
export async function encodePng({ width, height, data }: Image): Promise<Uint8Array> {
  const channels = data.length === width * height * 4 ? 4 : 3
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 9 }).toBuffer()
}
