/** Whether a confidence of 80% is right 80% of the time. */
import { argmax } from './argmax.ts'
import { classCount, type Predictions } from './types.ts'

/** Predictions whose confidence lies in (low, high]; the first bin holds 0 too. */
export interface ReliabilityBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean probability of the predicted class; NaN in an empty bin. */
  readonly confidence: number
  /** Share predicted right; NaN in an empty bin. */
  readonly accuracy: number
}

/**
 * Bins of equal width over the probability of the predicted class (Guo et al. 2017, section 2).
 *
 * @param bins number of bins over 0..1
 * @throws RangeError when the shapes do not fit or a confidence is NaN
 */
export function reliabilityBins(predictions: Predictions, bins = 15): ReliabilityBin[] {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  const predicted = argmax(probabilities, classes)
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }))
  predicted.forEach((k, i) => {
    const confidence = probabilities[i * classes + k]!
    const bin = sums[binOf(confidence, bins)]!
    bin.count++
    bin.confidence += confidence
    if (labels[i] === k) bin.right++
  })
  return sums.map(({ count, confidence, right }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    count,
    confidence: confidence / count,
    accuracy: right / count,
  }))
}

/**
 * Expected calibration error in 0..1: the mean gap between confidence and accuracy over the bins, each
 * counting by its examples (Guo et al. 2017, equation 3).
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const filled = bins.filter(({ count }) => count > 0)
  const total = filled.reduce((sum, { count }) => sum + count, 0)
  return filled.reduce((sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.confidence), 0) / total
}

/** A float32 softmax may exceed 1 by an ulp: it belongs to the last bin. */
function binOf(confidence: number, bins: number): number {
  if (Number.isNaN(confidence)) throw new RangeError('A probability must be a number. Received: NaN')
  return Math.min(Math.max(Math.ceil(confidence * bins) - 1, 0), bins - 1)
}
