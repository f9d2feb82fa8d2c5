/** What a picture looks like in 261 numbers: enough to find its copies, and to tell blank, dark and blurred ones. */

/** Cells along a side of the small picture. */
export const lookSide = 16
const cells = lookSide ** 2

/** Float32 numbers of one look: luminance of 16x16 cells, mean red, green and blue, spread, detail. */
export const lookLength: number = cells + 5

/** Looks of many pictures, by place. Levels run from 0 to 255. */
export interface Looks {
  readonly count: number
  /** Mean luminance of a cell, rows from the top: `luminance(i)` is float32 [256]. */
  luminance(place: number): Float32Array
  /** Mean red, green and blue: float32 [3]. */
  colour(place: number): Float32Array
  /** Standard deviation of luminance over the pixels, in levels. */
  spread(place: number): number
  /** Root mean square of the Laplacian of luminance, in levels: high where there are edges. */
  detail(place: number): number
}

/** Looks from rows of `lookLength` numbers. */
export function looksFrom(rows: Float32Array): Looks {
  const part = (place: number, from: number, to: number): Float32Array =>
    rows.subarray(place * lookLength + from, place * lookLength + to)
  return {
    count: rows.length / lookLength,
    luminance: place => part(place, 0, cells),
    colour: place => part(place, cells, cells + 3),
    spread: place => rows[place * lookLength + cells + 3]!,
    detail: place => rows[place * lookLength + cells + 4]!,
  }
}

/**
 * Computes a look.
 *
 * @param pixels uint8 RGB [size, size, 3]
 * @param size a multiple of 16
 * @param out float32 [261]
 * @param grey float32 [size * size], overwritten: whoever looks at many pictures keeps one
 */
export function lookOf(
  pixels: Uint8Array,
  size: number,
  out: Float32Array,
  grey: Float32Array = new Float32Array(size * size),
): void {
  if (size % lookSide !== 0 || size === 0)
    throw new RangeError(`Expected a side that is a multiple of ${lookSide}, received ${size}`)
  coloursOf(pixels, grey, out)
  cellMeans(grey, size, out)
  out[cells + 4] = laplacianStrength(grey, size)
}

/** Writes luminance (ITU-R BT.601 luma) to `grey`, and mean colour and the luminance's standard deviation to `out`. */
function coloursOf(pixels: Uint8Array, grey: Float32Array, out: Float32Array): void {
  let [red, green, blue, sum, squares] = [0, 0, 0, 0, 0]
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]
    const luma = Math.fround(0.299 * r + 0.587 * g + 0.114 * b)
    grey[i] = luma
    red += r
    green += g
    blue += b
    sum += luma
    squares += luma * luma
  }
  const count = grey.length
  const mean = sum / count
  out[cells] = red / count
  out[cells + 1] = green / count
  out[cells + 2] = blue / count
  out[cells + 3] = Math.sqrt(Math.max(0, squares / count - mean * mean))
}

function cellMeans(grey: Float32Array, size: number, out: Float32Array): void {
  const width = size / lookSide
  out.fill(0, 0, cells)
  for (let y = 0, at = 0; y < size; y++) {
    const row = Math.floor(y / width) * lookSide
    for (let cell = row; cell < row + lookSide; cell++) {
      let sum = 0
      for (const end = at + width; at < end; at++) sum += grey[at]!
      out[cell] = out[cell]! + sum
    }
  }
  for (let cell = 0; cell < cells; cell++) out[cell] = out[cell]! / width ** 2
}

/** The Laplacian tells focus (Pech-Pacheco et al. 2000); with the four neighbours of every inner pixel. */
function laplacianStrength(grey: Float32Array, size: number): number {
  let squares = 0
  for (let y = 1; y < size - 1; y++) {
    for (let at = y * size + 1; at < y * size + size - 1; at++) {
      const bend = grey[at - 1]! + grey[at + 1]! + grey[at - size]! + grey[at + size]! - 4 * grey[at]!
      squares += bend * bend
    }
  }
  return Math.sqrt(squares / Math.max(1, (size - 2) ** 2))
}
