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
 */
export function lookOf(pixels: Uint8Array, size: number, out: Float32Array): void {
  if (size % lookSide !== 0 || size === 0)
    throw new RangeError(`Expected a side that is a multiple of ${lookSide}, received ${size}`)
  const grey = luminanceOf(pixels)
  out.set(cellMeans(grey, size))
  out.set(meanColour(pixels), cells)
  out[cells + 3] = standardDeviation(grey)
  out[cells + 4] = laplacianStrength(grey, size)
}

/** ITU-R BT.601 luma. [size * size] */
function luminanceOf(pixels: Uint8Array): Float32Array {
  const grey = new Float32Array(pixels.length / 3)
  for (let i = 0, at = 0; i < grey.length; i++, at += 3)
    grey[i] = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!
  return grey
}

function cellMeans(grey: Float32Array, size: number): Float32Array {
  const width = size / lookSide
  const sums = new Float32Array(cells)
  for (let y = 0, at = 0; y < size; y++) {
    const row = Math.floor(y / width) * lookSide
    for (let cell = row; cell < row + lookSide; cell++) {
      let sum = 0
      for (const end = at + width; at < end; at++) sum += grey[at]!
      sums[cell] = sums[cell]! + sum
    }
  }
  return sums.map(sum => sum / width ** 2)
}

function meanColour(pixels: Uint8Array): [number, number, number] {
  let [red, green, blue] = [0, 0, 0]
  for (let at = 0; at < pixels.length; at += 3) {
    red += pixels[at]!
    green += pixels[at + 1]!
    blue += pixels[at + 2]!
  }
  const count = pixels.length / 3
  return [red / count, green / count, blue / count]
}

function standardDeviation(values: Float32Array): number {
  let [sum, squares] = [0, 0]
  for (const value of values) {
    sum += value
    squares += value * value
  }
  const mean = sum / values.length
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean))
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
