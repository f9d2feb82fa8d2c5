/** Receiver operating characteristic of two classes, and the area under it. */
import { rankByScore } from './ranking.ts'
import type { Numbers } from './types.ts'

/** From (0, 0) to (1, 1); one point per distinct score. */
export interface RocCurve {
  /** Falling; the first is Infinity, at which nothing is predicted positive. */
  readonly thresholds: readonly number[]
  readonly falsePositiveRate: readonly number[]
  readonly truePositiveRate: readonly number[]
}

/**
 * The ROC curve, every point kept (scikit-learn's `roc_curve` with `drop_intermediate=False`).
 *
 * A rate without a denominator (no positives, or no negatives) is NaN.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], higher means more likely 1
 * @throws RangeError as `rankByScore`
 */
export function rocCurve(labels: Numbers, scores: Numbers): RocCurve {
  const { thresholds, truePositives, falsePositives } = rankByScore(labels, scores)
  const positives = truePositives.at(-1) ?? 0
  const negatives = falsePositives.at(-1) ?? 0
  return {
    thresholds: [Number.POSITIVE_INFINITY, ...thresholds],
    falsePositiveRate: [0, ...falsePositives].map(count => count / negatives),
    truePositiveRate: [0, ...truePositives].map(count => count / positives),
  }
}

/**
 * Area under the ROC curve by the trapezoidal rule: the chance that a random positive scores higher than a random
 * negative, equal scores counting half (Mann and Whitney 1947; Hanley and McNeil 1982).
 *
 * Whole pairs are counted, so the result is exact up to one division. NaN when one of the classes has no example.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], higher means more likely 1
 * @throws RangeError as `rankByScore`
 */
export function rocAuc(labels: Numbers, scores: Numbers): number {
  return areaUnder(rankByScore(labels, scores))
}

/** The same from cumulative counts as a `Ranking` has them. */
export function areaUnder({ truePositives, falsePositives }: Record<CumulativeCounts, Numbers>): number {
  let [halfPairs, above, negatives] = [0, 0, 0]
  for (let i = 0; i < truePositives.length; i++) {
    const [positivesTo, negativesTo] = [truePositives[i]!, falsePositives[i]!]
    halfPairs += (negativesTo - negatives) * (positivesTo + above)
    above = positivesTo
    negatives = negativesTo
  }
  return halfPairs / (2 * above * negatives)
}

type CumulativeCounts = 'truePositives' | 'falsePositives'
