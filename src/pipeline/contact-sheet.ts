/** Many small pictures in one file, so that a page fetches them at once. */
import { encodeJpeg } from './decode-sharp.ts'
import { resizeImage } from './resize.ts'

/** Pictures in a row of the sheet; the last row is filled up with white. */
export const sheetColumns = 6
/** A picture's side is this many pixels at most. */
const mostSide = 112

/**
 * A JPEG file with the pictures row by row, `sheetColumns` in each.
 *
 * @param pixels uint8 [N, size, size, 3], N at least 1
 */
export async function contactSheet(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  const bytes = size * size * 3
  const count = pixels.length / bytes
  const side = Math.min(size, mostSide)
  const [width, height] = [sheetColumns * side, Math.ceil(count / sheetColumns) * side]
  const sheet = new Uint8Array(width * height * 3).fill(255)
  for (let at = 0; at < count; at++) {
    const picture = { width: size, height: size, data: pixels.subarray(at * bytes, (at + 1) * bytes) }
    const { data } = resizeImage(picture, side, side)
    const left = (at % sheetColumns) * side
    const top = Math.floor(at / sheetColumns) * side
    for (let y = 0; y < side; y++)
      sheet.set(data.subarray(y * side * 3, (y + 1) * side * 3), ((top + y) * width + left) * 3)
  }
  return encodeJpeg({ width, height, data: sheet })
}
