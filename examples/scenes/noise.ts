/** Smooth random fields: value noise and its sum over octaves. */
import type { Random } from '../../src/util/random.ts'

/** A field over the plane, its values mostly within -1..1, mean about 0. */
export type Field = (x: number, y: number) => number

const period = 32

/** Random values on a grid of unit squares, interpolated with smooth steps; repeats after 32 units. */
export function valueNoise(random: Random): Field {
  const grid = Float32Array.from({ length: period * period }, () => 2 * random.next() - 1)
  const at = (column: number, row: number): number =>
    grid[(row & (period - 1)) * period + (column & (period - 1))]!
  return (x, y) => {
    const column = Math.floor(x)
    const row = Math.floor(y)
    const u = smooth(x - column)
    const v = smooth(y - row)
    const top = at(column, row) * (1 - u) + at(column + 1, row) * u
    const bottom = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u
    return top * (1 - v) + bottom * v
  }
}

/**
 * Fractal noise: octaves of value noise, each twice as fine and `gain` times as strong as the one before, turned a
 * little so that their grids do not line up.
 *
 * @param size of the coarsest features
 */
export function fractalNoise(random: Random, size: number, octaves: number, gain = 0.5): Field {
  const noise = valueNoise(random)
  const turn = random.next() * Math.PI
  const layers = Array.from({ length: octaves }, (_, octave) => ({
    cos: (Math.cos(turn + octave) * 2 ** octave) / size,
    sin: (Math.sin(turn + octave) * 2 ** octave) / size,
    strength: gain ** octave,
    offset: 17.3 * octave + 50 * random.next(),
  }))
  const total = Math.sqrt(layers.reduce((sum, { strength }) => sum + strength ** 2, 0))
  return (x, y) => {
    let sum = 0
    for (const { cos, sin, strength, offset } of layers) {
      sum += strength * noise(x * cos - y * sin + offset, x * sin + y * cos - offset)
    }
    return (1.6 * sum) / total
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t)
}
