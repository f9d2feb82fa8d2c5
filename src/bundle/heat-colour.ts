/** How heat is drawn over a picture: clear where it is cold, then from violet over orange to pale yellow. */

/** How much each part of the network's square spoke for a class. */
export interface HeatMap {
  readonly rows: number
  readonly columns: number
  /** `rows * columns` numbers in 0..1, row by row from the top left; the hottest is 1, or all are 0. */
  readonly values: ArrayLike<number>
}

/** Seven even steps of the upper part of matplotlib's "inferno", whose lightness rises evenly with the heat. */
const steps = [
  [87, 16, 110],
  [136, 34, 106],
  [187, 55, 84],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
] as const

/** The picture shows through the hottest place as well, and is untouched where nothing spoke for the class. */
const mostOpaque = 0.7

/**
 * The colour of a heat.
 *
 * @param heat 0..1; what lies outside counts as the nearest of both
 * @returns red, green, blue and alpha, each in 0..255 and whole
 */
export function heatColour(heat: number): [red: number, green: number, blue: number, alpha: number] {
  const clamped = Math.min(1, Math.max(0, heat))
  const place = clamped * (steps.length - 1)
  const below = Math.min(steps.length - 2, Math.floor(place))
  const [from, to] = [steps[below]!, steps[below + 1]!]
  const mixed = (part: 0 | 1 | 2): number =>
    Math.round(from[part] + (to[part] - from[part]) * (place - below))
  return [mixed(0), mixed(1), mixed(2), Math.round(255 * mostOpaque * clamped ** 0.8)]
}

/** A heat map's colours, uint8 RGBA [rows, columns, 4]: one pixel for each number, to be stretched over the square. */
export function heatPixels({ rows, columns, values }: HeatMap): Uint8Array {
  const pixels = new Uint8Array(rows * columns * 4)
  for (let at = 0; at < rows * columns; at++) pixels.set(heatColour(values[at]!), at * 4)
  return pixels
}
