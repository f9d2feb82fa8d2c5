/** Everything that a picture may be in a browser, brought to the pixels that Node's decoders give. */
import { flatten } from '../pipeline/flatten.ts'
import { jpegHeader } from '../pipeline/jpeg-header.ts'
import { type ImageFormat, sniff } from '../pipeline/sniff.ts'
import { type Colour, defaultLimits, type Image, type Preprocessing } from '../pipeline/types.ts'
import { UnreadableImage } from '../pipeline/unreadable.ts'
import { messageOf } from '../util/errors.ts'

/** A picture: an image file's bytes, a Blob of them, an image element that has loaded, a bitmap, a canvas, or pixels. */
export type BrowserInput =
  | Blob
  | Uint8Array
  | ArrayBuffer
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | VideoFrame
  | HTMLVideoElement

/**
 * The upright sRGB pixels of an input, transparency flattened on the stated background.
 *
 * @throws UnreadableImage, a UserError `image`, for what cannot be decoded, is too large, or comes from another site
 *   that does not allow it to be read
 * @throws TypeError when the input is nothing that holds a picture
 */
export async function pixelsOf(input: BrowserInput, preprocessing: Preprocessing): Promise<Image> {
  if (input instanceof ImageData) {
    const { width, height, data } = input
    return flatten({ width, height, channels: 4, data }, preprocessing.background)
  }
  if (input instanceof ImageBitmap) return drawn(input, preprocessing)
  const bitmap = await bitmapOf(input)
  try {
    return await drawn(bitmap, preprocessing)
  } finally {
    bitmap.close()
  }
}

async function bitmapOf(input: Exclude<BrowserInput, ImageData | ImageBitmap>): Promise<ImageBitmap> {
  if (input instanceof Blob || input instanceof Uint8Array || input instanceof ArrayBuffer) {
    const [blob, name] = blobOf(input)
    const format = await checkFile(blob, name)
    return decoded(blob, name, `this browser cannot decode its ${format} data`)
  }
  if (typeof input !== 'object' || input === null)
    throw new TypeError(
      `Expected bytes, a Blob, an image, a canvas or pixels. Received: ${input === null ? 'null' : typeof input}`,
    )
  return decoded(input, 'the given element', 'it shows no picture')
}

function blobOf(input: Blob | Uint8Array | ArrayBuffer): [blob: Blob, name: string] {
  if (!(input instanceof Blob)) return [new Blob([input as BlobPart]), 'the given bytes']
  return [input, input instanceof File ? input.name : 'the given Blob']
}

/** As Node decodes: turned as Exif says, colours brought to sRGB, alpha left alone. */
const asNode: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  colorSpaceConversion: 'default',
  premultiplyAlpha: 'none',
}

async function decoded(source: ImageBitmapSource, name: string, reason: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source, asNode)
  } catch (cause) {
    throw new UnreadableImage(name, `${reason}: ${messageOf(cause)}`, {
      hint: 'convert it to JPEG or PNG first',
      cause,
    })
  }
}

/** Bytes in which a JPEG's frame header is looked for; one that comes later is judged once it is decoded. */
const headBytes = 2 ** 18

/** Refuses, before any of it is decoded, what is no image or too large a one; gives the format's name. */
async function checkFile(blob: Blob, name: string): Promise<ImageFormat> {
  const smaller = { hint: 'make a smaller copy of it' }
  if (blob.size === 0) throw new UnreadableImage(name, 'it is empty', { hint: 'fetch the file again' })
  if (blob.size > defaultLimits.bytes) throw new UnreadableImage(name, `it has ${blob.size} bytes`, smaller)
  const head = new Uint8Array(await blob.slice(0, headBytes).arrayBuffer())
  const content = sniff(head)
  if (content.type === 'other') {
    const reason = `it holds ${content.what}, not JPEG, PNG, WebP, GIF or AVIF`
    throw new UnreadableImage(name, reason, { hint: content.hint })
  }
  const [width, height] = declaredSize(head, content.format)
  if (width * height > defaultLimits.pixels) {
    const reason = `${width} x ${height} pixels are more than ${defaultLimits.pixels}`
    throw new UnreadableImage(name, reason, smaller)
  }
  return content.format
}

/** What the file says of its size; [0, 0] where only its decoder can tell. */
function declaredSize(head: Uint8Array, format: ImageFormat): [width: number, height: number] {
  if (format === 'PNG' && head.length >= 24) {
    const view = new DataView(head.buffer, head.byteOffset) // IHDR comes first (PNG 5.6)
    return [view.getUint32(16), view.getUint32(20)]
  }
  const { width = 0, height = 0 } = (format === 'JPEG' ? jpegHeader(head) : null) ?? {}
  return [width, height]
}

/** Safari on telephones draws no more than this many pixels. */
const canvasPixels = 2 ** 24

async function drawn(bitmap: ImageBitmap, { background, size }: Preprocessing): Promise<Image> {
  const divisor = divisorFor(bitmap, size)
  if (divisor === 1) return read(bitmap, background)
  const shrunk = await createImageBitmap(bitmap, {
    resizeWidth: Math.ceil(bitmap.width / divisor),
    resizeHeight: Math.ceil(bitmap.height / divisor),
    resizeQuality: 'high',
  })
  try {
    return read(shrunk, background)
  } finally {
    shrunk.close()
  }
}

/** A picture too large for a canvas is shrunk as Node shrinks photographs: to no less than three times the wanted side. */
function divisorFor({ width, height }: ImageBitmap, size: number): number {
  const fits = (by: number): boolean => (width / by) * (height / by) <= canvasPixels
  const enough = (by: number): boolean => Math.min(width, height) / by >= 3 * size
  const divisor = [1, 2, 4, 8, 16].find(fits) ?? 16
  if (divisor === 1 || enough(divisor)) return divisor
  throw new UnreadableImage('the picture', `${width} x ${height} pixels are too many`, {
    hint: 'make a smaller copy of it',
  })
}

/** Draws over the background, so that the canvas never holds transparency, whose colours it would round. */
function read(bitmap: ImageBitmap, background: Colour): Image {
  const { width, height } = bitmap
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })!
  context.fillStyle = `rgb(${background.join(' ')})`
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0)
  try {
    const { data } = context.getImageData(0, 0, width, height)
    return flatten({ width, height, channels: 4, data }, background)
  } catch (cause) {
    throw new UnreadableImage(
      'the picture',
      'it comes from another site, which does not allow it to be read',
      {
        hint: 'load it with crossorigin="anonymous" from a server that allows it, or fetch its bytes',
        cause,
      },
    )
  }
}
