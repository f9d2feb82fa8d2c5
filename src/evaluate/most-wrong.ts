/** The mistakes worth looking at: examples of which the classifier was surest and wrong. */
import { argmax } from './argmax.ts'
import { classCount, type Predictions } from './types.ts'

/** One wrong prediction. */
export interface Mistake {
  /** Row of the predictions. */
  readonly index: number
  readonly label: number
  readonly predicted: number
  /** Probability of the predicted class. */
  readonly confidence: number
}

/**
 * The wrong predictions, surest first; of equals, the earlier row first.
 *
 * @param limit the most to return
 * @throws RangeError when the shapes do not fit
 */
export function mostWrong(predictions: Predictions, limit: number): Mistake[] {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  return [...argmax(probabilities, classes)]
    .map((predicted, index) => ({
      index,
      label: labels[index]!,
      predicted,
      confidence: probabilities[index * classes + predicted]!,
    }))
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, limit)
}
