/** What a bundle, before and after a change, says of the same labelled pictures. */
import { type Engine, type Judgement, openEngine } from '../bundle/engine.ts'
import type { Bundle } from '../bundle/load-bundle.ts'
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluation.ts'
import type { PixelChunk } from '../pipeline/decode-scheduler.ts'
import type { Distances } from './reject-limit.ts'

export interface Judged {
  readonly before: Evaluation
  readonly after: Evaluation
  /** How far the pictures are from what is familiar; null where the bundle does not know. */
  readonly distances: Distances | null
}

/** Pictures of 96 pixels that go through a network at once; fewer of larger ones, for the same memory. */
const batchAt96 = 16

export function batchFor(size: number): number {
  return Math.max(1, Math.round(batchAt96 * (96 / size) ** 2))
}

/**
 * Runs pictures, decoded once, through two bundles of the same preprocessing; null where none could be read.
 *
 * @param labels by the pictures' indices
 */
export async function judged(
  bundles: readonly [before: Bundle, after: Bundle],
  chunks: AsyncIterable<PixelChunk>,
  labels: readonly number[],
): Promise<Judged | null> {
  const engines = await Promise.all(bundles.map(bundle => openEngine(bundle)))
  try {
    const [before, after] = engines as [Engine, Engine]
    const [old, changed]: [Judgement[], Judgement[]] = [[], []]
    const found: number[] = []
    const batch = batchFor(before.preprocessing.size)
    for await (const { indices, pixels } of chunks) {
      found.push(...indices.map(index => labels[index]!))
      old.push(...(await before.run(pixels, batch)))
      changed.push(...(await after.run(pixels, batch)))
    }
    if (found.length === 0) return null
    return {
      before: evaluated(old, found),
      after: evaluated(changed, found),
      distances: distancesOf(old, changed),
    }
  } finally {
    await Promise.all(engines.map(engine => engine.close()))
  }
}

function evaluated(judgements: readonly Judgement[], labels: readonly number[]): Evaluation {
  const probabilities = Float32Array.from(judgements.flatMap(({ probabilities: row }) => Array.from(row)))
  return evaluatePredictions({ probabilities, labels: Int32Array.from(labels) })
}

function distancesOf(before: readonly Judgement[], after: readonly Judgement[]): Distances | null {
  const known = (some: readonly Judgement[]): number[] =>
    some.flatMap(({ unfamiliarity }) => unfamiliarity ?? [])
  const distances = { before: known(before), after: known(after) }
  return distances.after.length === after.length ? distances : null
}
