/** From a picture of any shape to the square that the network sees. */
import { resizeImage } from './resize.ts'
import type { Colour, Image, Preprocessing } from './types.ts'

/**
 * Makes a picture a square of `size` pixels: `squash` stretches it, `crop` takes its centre square, `pad` keeps all
 * of it between bars of the background colour.
 *
 * @param out receives the pixels when given; size * size * 3 bytes
 */
export function fitImage(image: Image, { size, fit, background }: Preprocessing, out?: Uint8Array): Image {
  if (image.width === image.height || fit === 'squash') return resizeImage(image, size, size, out)
  return fit === 'crop'
    ? resizeImage(centreSquare(image), size, size, out)
    : pad(image, size, background, out)
}

function centreSquare({ width, height, data }: Image): Image {
  const side = Math.min(width, height)
  const left = (width - side) >> 1
  const top = (height - side) >> 1
  const square = new Uint8Array(side * side * 3)
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3
    square.set(data.subarray(from, from + side * 3), y * side * 3)
  }
  return { width: side, height: side, data: square }
}

function pad(image: Image, size: number, background: Colour, out?: Uint8Array): Image {
  const longest = Math.max(image.width, image.height)
  const width = Math.max(1, Math.round((image.width * size) / longest))
  const height = Math.max(1, Math.round((image.height * size) / longest))
  const inner = resizeImage(image, width, height)
  const data = out ?? new Uint8Array(size * size * 3)
  for (let i = 0; i < data.length; i += 3) data.set(background, i)
  const left = (size - width) >> 1
  const top = (size - height) >> 1
  for (let y = 0; y < height; y++) {
    data.set(inner.data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * size + left) * 3)
  }
  return { width: size, height: size, data }
}
