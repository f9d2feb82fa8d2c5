/** The examples that a classifier could not decide on. */
import { classCount, type Predictions } from './types.ts'

/** One answer that was close to another one. */
export interface Doubt {
  /** Row of the predictions. */
  readonly index: number
  readonly label: number
  readonly predicted: number
  /** Probability of the predicted class less that of the second, 0..1. */
  readonly margin: number
}

/**
 * The predictions with the smallest margin between the two most probable classes (Scheffer et al. 2001), closest
 * first; of equals, the earlier row first.
 *
 * @param limit the most to return
 * @throws RangeError when the shapes do not fit
 */
export function mostUncertain(predictions: Predictions, limit: number): Doubt[] {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  return Array.from(labels, (label, index) => {
    let [predicted, second] = [0, -1]
    const at = (k: number): number => probabilities[index * classes + k] ?? Number.NEGATIVE_INFINITY
    for (let k = 1; k < classes; k++) {
      if (at(k) > at(predicted)) [predicted, second] = [k, predicted]
      else if (second < 0 || at(k) > at(second)) second = k
    }
    return { index, label, predicted, margin: at(predicted) - at(second) }
  })
    .sort((a, b) => a.margin - b.margin)
    .slice(0, limit)
}
