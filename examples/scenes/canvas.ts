/** A picture in the making: RGB as floats, shapes filled by their distance functions, coordinates in scene units. */

/** The side of every scene in scene units, whatever its size in pixels; a unit is about a quarter of a metre. */
export const sceneSide = 40

export type Colour = readonly [red: number, green: number, blue: number]

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Canvas {
  /** Side in pixels. */
  readonly side: number
  /** Pixels in one scene unit. */
  readonly scale: number
  /** RGB, 0..1, rows from top to bottom: 3 * side * side. */
  readonly colour: Float32Array
  /** How much of the sun is blocked at each pixel, 0..1. */
  readonly shadow: Float32Array
}

/**
 * A shape: the distance to its edge in scene units, negative inside.
 *
 * Outside it may be an underestimate, as is usual for such functions.
 */
export type Shape = (x: number, y: number) => number

export function newCanvas(side: number): Canvas {
  const pixels = side * side
  return {
    side,
    scale: side / sceneSide,
    colour: new Float32Array(3 * pixels),
    shadow: new Float32Array(pixels),
  }
}

/** Calls back with the pixel's index and its centre in scene units, for all pixels within a radius. */
export function eachPixel(
  canvas: Canvas,
  centre: Point,
  radius: number,
  visit: (pixel: number, x: number, y: number) => void,
): void {
  const { side, scale } = canvas
  const first = (value: number): number => Math.max(0, Math.floor((value - radius) * scale))
  const last = (value: number): number => Math.min(side - 1, Math.ceil((value + radius) * scale))
  for (let row = first(centre.y); row <= last(centre.y); row++) {
    for (let column = first(centre.x); column <= last(centre.x); column++) {
      visit(row * side + column, (column + 0.5) / scale, (row + 0.5) / scale)
    }
  }
}

/** Fills a shape, its edge softened over one unit of `softness`. */
export function fill(
  canvas: Canvas,
  centre: Point,
  radius: number,
  shape: Shape,
  paint: (x: number, y: number) => Colour,
  softness = 0.5,
): void {
  eachPixel(canvas, centre, radius, (pixel, x, y) => {
    const cover = coverage(shape(x, y), softness)
    if (cover > 0) mix(canvas.colour, 3 * pixel, paint(x, y), cover)
  })
}

/** Adds a shape to the shadows; shadows that overlap are no darker than one. */
export function castShadow(
  canvas: Canvas,
  centre: Point,
  radius: number,
  shape: Shape,
  softness: number,
): void {
  eachPixel(canvas, centre, radius, (pixel, x, y) => {
    canvas.shadow[pixel] = Math.max(canvas.shadow[pixel]!, coverage(shape(x, y), softness))
  })
}

/** Darkens what has been painted so far by the shadows, the more in red: what lights a shadow is the sky. */
export function applyShadows(canvas: Canvas, strength: number): void {
  for (const [pixel, shadow] of canvas.shadow.entries()) {
    const dark = strength * shadow
    canvas.colour[3 * pixel]! *= 1 - dark
    canvas.colour[3 * pixel + 1]! *= 1 - 0.95 * dark
    canvas.colour[3 * pixel + 2]! *= 1 - 0.82 * dark
  }
}

function coverage(distance: number, softness: number): number {
  const t = Math.min(1, Math.max(0, 0.5 - distance / (2 * softness)))
  return t * t * (3 - 2 * t)
}

function mix(colours: Float32Array, at: number, colour: Colour, cover: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const below = colours[at + channel]!
    colours[at + channel] = below + (colour[channel]! - below) * cover
  }
}
