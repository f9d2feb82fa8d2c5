/** How far the answers of an exported file are from the run's, picture by picture. */
import { type Prediction, topPredictions } from '../bundle/ranking.ts'

/** One picture's answers: probabilities, float32 [K] each. */
export interface Pair {
  /** The example's id. */
  readonly id: string
  readonly run: Float32Array
  readonly exported: Float32Array
}

/** A picture whose answers are apart. */
export interface Drifted {
  readonly id: string
  /** The largest difference of any of its probabilities, 0..1. */
  readonly difference: number
  readonly run: Prediction
  readonly exported: Prediction
}

export interface Drift {
  /** Number of pictures. */
  readonly images: number
  /** Of all probabilities of all pictures, 0..1. */
  readonly largestDifference: number
  /** Mean over the pictures of the largest difference of each. */
  readonly meanDifference: number
  /** Pictures whose most probable class is another one. */
  readonly changedAnswers: number
  /** Pictures over the tolerance. */
  readonly overTolerance: number
  /** Up to five pictures that are furthest apart, the worst first; those within a hundredth of the tolerance are left out. */
  readonly worst: readonly Drifted[]
}

const worstShown = 5

/** @param tolerance the largest difference of a probability that is borne */
export function driftOf(pairs: readonly Pair[], classNames: readonly string[], tolerance: number): Drift {
  const all = pairs.map(pair => drifted(pair, classNames)).sort((a, b) => b.difference - a.difference)
  const sum = all.reduce((total, { difference }) => total + difference, 0)
  return {
    images: all.length,
    largestDifference: all[0]?.difference ?? 0,
    meanDifference: all.length === 0 ? 0 : sum / all.length,
    changedAnswers: all.filter(({ run, exported }) => run.label !== exported.label).length,
    overTolerance: all.filter(({ difference }) => difference > tolerance).length,
    worst: all.slice(0, worstShown).filter(({ difference }) => difference > tolerance / 100),
  }
}

function drifted({ id, run, exported }: Pair, classNames: readonly string[]): Drifted {
  const best = (row: Float32Array): Prediction => topPredictions(row, classNames, 1)[0]!
  return { id, difference: largestDifference(run, exported), run: best(run), exported: best(exported) }
}

/** An answer that is no number, or of another length, is as far off as can be. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || b.some(Number.isNaN)) return 1
  return a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), 0)
}
