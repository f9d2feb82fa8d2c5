/** Small made pictures and their looks. */
import { type Looks, lookLength, lookOf, looksFrom } from '../../src/inspect/look.ts'
import { randomOf } from '../../src/util/random.ts'

export const size = 96

/** uint8 RGB [96, 96, 3] from a function of place and channel. */
export function painted(level: (x: number, y: number, channel: number) => number): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3)
    return Math.max(0, Math.min(255, level(pixel % size, Math.floor(pixel / size), at % 3)))
  })
}

/** Smooth hills that the seed draws, between 30 and 220. */
export function hills(seed: number): (x: number, y: number) => number {
  const random = randomOf(seed, 'hills')
  const waves = Array.from({ length: 6 }, () => ({
    across: (random.next() - 0.5) * 0.4,
    down: (random.next() - 0.5) * 0.4,
    phase: random.next() * 2 * Math.PI,
  }))
  return (x, y) =>
    waves.reduce((sum, { across, down, phase }) => sum + 20 * Math.sin(across * x + down * y + phase), 125)
}

export function looksOfPictures(pictures: readonly Uint8Array[]): Looks {
  const rows = new Float32Array(pictures.length * lookLength)
  pictures.forEach((pixels, at) => {
    lookOf(pixels, size, rows.subarray(at * lookLength, (at + 1) * lookLength))
  })
  return looksFrom(rows)
}
