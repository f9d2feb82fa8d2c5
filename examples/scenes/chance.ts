/** Draws that read as what they mean. */
import type { Random } from '../../src/util/random.ts'
import type { Colour, Point } from './canvas.ts'

/** Uniform between two bounds. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next()
}

/** A whole number from `low` to `high`, both included. */
export function count(random: Random, low: number, high: number): number {
  return low + random.integer(high - low + 1)
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability
}

/** A vector of the given length in any direction. */
export function anywhere(random: Random, length: number): Point {
  const angle = 2 * Math.PI * random.next()
  return { x: length * Math.cos(angle), y: length * Math.sin(angle) }
}

/** The colour a little lighter or darker, and a little off in each channel. */
export function varied([red, green, blue]: Colour, random: Random, light = 0.15, hue = 0.04): Colour {
  const gain = 1 + between(random, -light, light)
  const shift = (): number => between(random, -hue, hue)
  return [red * gain + shift(), green * gain + shift(), blue * gain + shift()]
}

export function times([red, green, blue]: Colour, factor: number): Colour {
  return [red * factor, green * factor, blue * factor]
}

export function blend(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}
