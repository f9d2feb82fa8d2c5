/** Two classes ranked by score: the counts from which ROC and precision-recall curves are drawn. */
import { type Numbers, sameLength } from './types.ts'

/** Cumulative counts at each distinct score, highest first: predicted positive when score >= threshold. */
export interface Ranking {
  /** The distinct scores, falling. */
  readonly thresholds: readonly number[]
  /** Positives with a score of at least the threshold; the last one is P, the number of positives. */
  readonly truePositives: readonly number[]
  /** Negatives with a score of at least the threshold; the last one is N, the number of negatives. */
  readonly falsePositives: readonly number[]
}

/**
 * Ranks examples by score; equal scores share one threshold.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], any range, higher means more likely 1
 * @throws RangeError when the lengths differ, a label is neither 0 nor 1, or a score is NaN
 */
export function rankByScore(labels: Numbers, scores: Numbers): Ranking {
  check(labels, scores)
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  const thresholds: number[] = []
  const truePositives: number[] = []
  const falsePositives: number[] = []
  let positives = 0
  order.forEach((example, position) => {
    positives += labels[example]!
    const next = order[position + 1]
    if (next !== undefined && scores[next] === scores[example]) return
    thresholds.push(scores[example]!)
    truePositives.push(positives)
    falsePositives.push(position + 1 - positives)
  })
  return { thresholds, truePositives, falsePositives }
}

function check(labels: Numbers, scores: Numbers): void {
  sameLength('Labels and scores', labels, scores)
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new RangeError(`A label must be 0 or 1. Received: ${labels[i]}`)
    if (Number.isNaN(scores[i])) throw new RangeError(`A score must be a number. Received: NaN at index ${i}`)
  }
}
