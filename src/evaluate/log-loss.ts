/** Cross-entropy of predicted probabilities: how surprised the classifier was by the truth. */
import { classCount, type Predictions } from './types.ts'

/**
 * Mean of -ln(probability of the true class), in nats.
 *
 * As scikit-learn's `log_loss`, probabilities are clipped to [e, 1 - e] with the dtype's machine epsilon e, so
 * that one certain mistake costs 15.9 (float32) or 36.0 (float64) and not infinity. NaN stays NaN.
 *
 * @throws RangeError when the shapes do not fit
 */
export function logLoss(predictions: Predictions): number {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : Number.EPSILON
  let sum = 0
  for (let i = 0; i < labels.length; i++) {
    const probability = probabilities[i * classes + labels[i]!]!
    sum -= Math.log(Math.min(Math.max(probability, epsilon), 1 - epsilon))
  }
  return sum / labels.length
}
