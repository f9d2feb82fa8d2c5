/** All figures of one set of predictions, as one plain record. */
import { argmax, column } from './argmax.ts'
import { aucInterval } from './auc-interval.ts'
import { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from './calibration.ts'
import { confusionMatrix, correct } from './confusion.ts'
import {
  accuracy,
  balancedAccuracy,
  type ClassFigures,
  classFigures,
  macroF1,
  matthews,
  weightedF1,
} from './figures.ts'
import { type Interval, wilsonInterval } from './interval.ts'
import { logLoss } from './log-loss.ts'
import { averagePrecision } from './precision-recall.ts'
import { rocAuc } from './roc.ts'
import { classCount, type Predictions } from './types.ts'

/** What is known of a classifier from its answers to N labelled examples. Shares are in 0..1. */
export interface Evaluation {
  /** N. */
  readonly examples: number
  readonly accuracy: number
  /** Wilson's 95% interval of the accuracy. */
  readonly accuracyInterval: Interval
  /** Cross-entropy in nats. */
  readonly loss: number
  readonly macroF1: number
  readonly weightedF1: number
  readonly balancedAccuracy: number
  /** In -1..1. */
  readonly matthews: number
  /** Of class 1 against class 0; null with more classes than two, or where one of the two has no example. */
  readonly rocAuc: number | null
  /** The 95% interval of `rocAuc` as `aucInterval` gives it; null where that is null. */
  readonly rocAucInterval: Interval | null
  /** Of class 1; null with more classes than two, or where class 1 has no example. */
  readonly averagePrecision: number | null
  readonly calibrationError: number
  readonly reliability: readonly ReliabilityBin[]
  /** In class order. */
  readonly perClass: readonly ClassFigures[]
  /** [K][K]: row is the true class, column the predicted one. */
  readonly confusion: readonly (readonly number[])[]
}

/**
 * Evaluates N >= 1 predictions over K >= 2 classes; with two, class 1 is the positive one.
 *
 * @throws RangeError when the shapes do not fit, a label is not in 0..K-1, or (K = 2) a probability is NaN
 */
export function evaluatePredictions(predictions: Predictions): Evaluation {
  const classes = classCount(predictions)
  const { probabilities, labels } = predictions
  const confusion = confusionMatrix(labels, argmax(probabilities, classes), classes)
  const reliability = reliabilityBins(predictions)
  return {
    examples: labels.length,
    accuracy: accuracy(confusion),
    accuracyInterval: wilsonInterval(correct(confusion), labels.length),
    loss: logLoss(predictions),
    macroF1: macroF1(confusion),
    weightedF1: weightedF1(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    matthews: matthews(confusion),
    ...rankingFigures(predictions, classes),
    calibrationError: expectedCalibrationError(reliability),
    reliability,
    perClass: classFigures(confusion),
    confusion: Array.from({ length: classes }, (_, k) => [
      ...confusion.counts.subarray(k * classes, (k + 1) * classes),
    ]),
  }
}

function rankingFigures(
  { probabilities, labels }: Predictions,
  classes: number,
): Pick<Evaluation, 'rocAuc' | 'rocAucInterval' | 'averagePrecision'> {
  if (classes !== 2) return { rocAuc: null, rocAucInterval: null, averagePrecision: null }
  const scores = column(probabilities, classes, 1)
  const orNull = (figure: number): number | null => (Number.isNaN(figure) ? null : figure)
  return {
    rocAuc: orNull(rocAuc(labels, scores)),
    rocAucInterval: aucInterval(labels, scores),
    averagePrecision: orNull(averagePrecision(labels, scores)),
  }
}
