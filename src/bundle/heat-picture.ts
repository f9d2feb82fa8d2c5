/** A heat map laid over the picture that it explains. */
import type { Image } from '../pipeline/types.ts'
import { type HeatMap, heatColour } from './heat-colour.ts'

/**
 * A heat map with more rows and columns: bilinear between the middles of its parts, level beyond the outermost ones.
 *
 * @returns `columns` by `rows` numbers in 0..1
 */
export function stretchedHeat(heat: HeatMap, rows: number, columns: number): HeatMap {
  const values = new Float32Array(rows * columns)
  const down = places(rows, heat.rows)
  const across = places(columns, heat.columns)
  const at = (row: number, column: number): number => heat.values[row * heat.columns + column]!
  for (const [y, { from: top, to: bottom, share: v }] of down.entries())
    for (const [x, { from: left, to: right, share: u }] of across.entries()) {
      const above = at(top, left) * (1 - u) + at(top, right) * u
      const below = at(bottom, left) * (1 - u) + at(bottom, right) * u
      values[y * columns + x] = above * (1 - v) + below * v
    }
  return { rows, columns, values }
}

/** The two parts of `known` that each of `wanted` lies between, and how far it is from the first to the second. */
function places(wanted: number, known: number): { from: number; to: number; share: number }[] {
  return Array.from({ length: wanted }, (_, index) => {
    const place = Math.min(Math.max(((index + 0.5) * known) / wanted - 0.5, 0), known - 1)
    const from = Math.floor(place)
    return { from, to: Math.min(from + 1, known - 1), share: place - from }
  })
}

/** The picture with the heat over all of it; it has to be the square that the network saw, of any size. */
export function heatOverlay(image: Image, heat: HeatMap): Image {
  const { width, height } = image
  const { values } = stretchedHeat(heat, height, width)
  const data = new Uint8Array(image.data.length)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red, green, blue, alpha] = heatColour(values[pixel]!)
    for (const [part, colour] of [red, green, blue].entries()) {
      const below = image.data[pixel * 3 + part]!
      data[pixel * 3 + part] = Math.round(below + ((colour - below) * alpha) / 255)
    }
  }
  return { width, height, data }
}
