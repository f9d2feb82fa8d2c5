/** Reads mutated files, and holds against a target whatever is no error for users. */
import fc from 'fast-check'
import { UserError } from '../../src/util/errors.ts'
import { type Edit, edits, mutated } from './mutate.ts'
import type { Target } from './targets.ts'

/** Milliseconds that reading one small file may take. */
const patience = 10_000

/** A file that was met with something else than a result or a UserError. */
export interface Defect {
  readonly bytes: Uint8Array
  readonly error: unknown
}

/**
 * Reads `cases` mutated files.
 *
 * @returns the simplest one that was not borne, or null
 */
export async function fuzz(target: Target, cases: number, seed: number): Promise<Defect | null> {
  const input = fc.tuple(fc.nat(target.seeds.length - 1), edits)
  const fileOf = ([at, changes]: [number, Edit[]]): Uint8Array =>
    mutated(target.seeds[at]!, changes, target.words)
  const property = fc.asyncProperty(input, async made => {
    const began = performance.now()
    await readQuietly(target, fileOf(made))
    if (performance.now() - began > patience) throw new Error('it took too long')
  })
  const { counterexample, errorInstance } = await fc.check(property, { numRuns: cases, seed })
  return counterexample === null ? null : { bytes: fileOf(counterexample[0]), error: errorInstance }
}

async function readQuietly(target: Target, bytes: Uint8Array): Promise<void> {
  try {
    await target.read(bytes)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
  }
}
