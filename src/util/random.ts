/** Seeded randomness as an argument: one generator per purpose, so that adding a use never shifts another's numbers. */
import { createHash } from 'node:crypto'

/** A stream of pseudo-random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number
  /** A uniform integer in 0..n-1. */
  integer(n: number): number
  /** A standard normal number (Box and Muller 1958, one of the pair). */
  normal(): number
}

/**
 * The generator sfc32 (Chris Doty-Humphrey, PractRand), seeded by SHA-256 of the seed and the purpose's words.
 *
 * @example randomOf(42, 'shuffle', epoch)
 */
export function randomOf(seed: number, ...purpose: readonly (string | number)[]): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...purpose]))
    .digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = digest.readInt32LE(12)
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 2 ** 32
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return { next, integer: n => Math.floor(next() * n), normal }
}

/** A shuffled copy (Fisher and Yates, as Durstenfeld 1964 writes it). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const result = values.slice()
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}
