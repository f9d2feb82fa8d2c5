/** Precision against recall of two classes, and the average precision. */
import { rankByScore } from './ranking.ts'
import type { Numbers } from './types.ts'

/** One point per distinct score, recall rising. */
export interface PrecisionRecallCurve {
  /** Falling: predicted positive when score >= threshold. */
  readonly thresholds: readonly number[]
  readonly precision: readonly number[]
  readonly recall: readonly number[]
}

/**
 * Precision and recall at each distinct score (scikit-learn's `precision_recall_curve`, in reverse and without its
 * added last point of precision 1 and recall 0). Recall is NaN when there are no positives.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], higher means more likely 1
 * @throws RangeError as `rankByScore`
 */
export function precisionRecallCurve(labels: Numbers, scores: Numbers): PrecisionRecallCurve {
  const { thresholds, truePositives, falsePositives } = rankByScore(labels, scores)
  const positives = truePositives.at(-1) ?? 0
  return {
    thresholds,
    precision: truePositives.map((count, i) => count / (count + falsePositives[i]!)),
    recall: truePositives.map(count => count / positives),
  }
}

/**
 * Average precision: the mean of precision weighted by the gain in recall, without interpolation (scikit-learn's
 * `average_precision_score`). NaN when there are no positives.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], higher means more likely 1
 * @throws RangeError as `rankByScore`
 */
export function averagePrecision(labels: Numbers, scores: Numbers): number {
  const { precision, recall } = precisionRecallCurve(labels, scores)
  if (precision.length === 0) return Number.NaN
  return precision.reduce((sum, value, i) => sum + value * (recall[i]! - (recall[i - 1] ?? 0)), 0)
}
