/** The confusion matrix: how often each class was taken for each other. */
import { type Numbers, sameLength } from './types.ts'

/** Counts of (truth, prediction) pairs. */
export interface Confusion {
  /** K. */
  readonly classes: number
  /** [K, K] row-major: row is the true class, column the predicted one. */
  readonly counts: Uint32Array
}

/**
 * Counts every (truth, prediction) pair, laid out as scikit-learn's `confusion_matrix`.
 *
 * @param labels [N], each in 0..K-1
 * @param predicted [N], each in 0..K-1
 * @throws RangeError when the lengths differ or a class index is out of range
 */
export function confusionMatrix(labels: Numbers, predicted: Numbers, classes: number): Confusion {
  sameLength('Labels and predictions', labels, predicted)
  const counts = new Uint32Array(classes * classes)
  for (let i = 0; i < labels.length; i++) {
    const cell = classIndex(labels[i]!, classes) * classes + classIndex(predicted[i]!, classes)
    counts[cell] = counts[cell]! + 1
  }
  return { classes, counts }
}

/** Examples whose true class is k. */
export function support({ classes, counts }: Confusion, k: number): number {
  let sum = 0
  for (let j = 0; j < classes; j++) sum += counts[k * classes + j]!
  return sum
}

/** Examples that were predicted to be of class k. */
export function predictedCount({ classes, counts }: Confusion, k: number): number {
  let sum = 0
  for (let i = 0; i < classes; i++) sum += counts[i * classes + k]!
  return sum
}

/** Examples of class k that were predicted as such: the diagonal. */
export function hits({ classes, counts }: Confusion, k: number): number {
  return counts[k * classes + k]!
}

/** Examples that were predicted right, of all classes: the trace. */
export function correct(confusion: Confusion): number {
  let sum = 0
  for (let k = 0; k < confusion.classes; k++) sum += hits(confusion, k)
  return sum
}

function classIndex(value: number, classes: number): number {
  if (Number.isInteger(value) && value >= 0 && value < classes) return value
  throw new RangeError(`A class index must be an integer in 0..${classes - 1}. Received: ${value}`)
}
