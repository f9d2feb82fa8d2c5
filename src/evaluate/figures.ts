/**
 * Figures of a confusion matrix: accuracy, and precision, recall and F1 per class and averaged.
 *
 * Convention for zero division, scikit-learn's default: a precision with nothing predicted, a recall with
 * nothing to find, and an F1 with neither are 0. A figure over no examples at all is NaN.
 */
import { type Confusion, correct, hits, predictedCount, support } from './confusion.ts'

/** One class against the rest. All but `support` are in 0..1. */
export interface ClassFigures {
  /** Of those predicted to be of the class, the share that is. */
  readonly precision: number
  /** Of those of the class, the share that was predicted so. */
  readonly recall: number
  /** The harmonic mean of precision and recall. */
  readonly f1: number
  /** Examples whose true class it is. */
  readonly support: number
}

/** Precision, recall, F1 and support of each class, in class order. */
export function classFigures(confusion: Confusion): ClassFigures[] {
  return classIndices(confusion).map(k => {
    const found = hits(confusion, k)
    const predicted = predictedCount(confusion, k)
    const actual = support(confusion, k)
    return {
      precision: ratio(found, predicted),
      recall: ratio(found, actual),
      f1: ratio(2 * found, predicted + actual),
      support: actual,
    }
  })
}

/** The share of examples that were predicted right, in 0..1. */
export function accuracy(confusion: Confusion): number {
  return correct(confusion) / total(confusion)
}

/** Mean F1 over the classes that occur in truth or predictions, each counting the same (scikit-learn's `macro`). */
export function macroF1(confusion: Confusion): number {
  const figures = classFigures(confusion)
  return mean(
    classIndices(confusion)
      .filter(k => occurs(confusion, k))
      .map(k => figures[k]!.f1),
  )
}

/** Mean F1, each class counting by its support (scikit-learn's `weighted`). */
export function weightedF1(confusion: Confusion): number {
  return sum(classFigures(confusion).map(({ f1, support }) => f1 * support)) / total(confusion)
}

/** Mean recall over the classes that have examples: accuracy as if all were equally common. */
export function balancedAccuracy(confusion: Confusion): number {
  return mean(
    classFigures(confusion)
      .filter(({ support }) => support > 0)
      .map(({ recall }) => recall),
  )
}

/**
 * Matthews correlation coefficient in -1..1 for any number of classes (Gorodkin 2004); 0 when truth or
 * predictions know one class only.
 */
export function matthews(confusion: Confusion): number {
  const n = total(confusion)
  const indices = classIndices(confusion)
  const actual = indices.map(k => support(confusion, k))
  const predicted = indices.map(k => predictedCount(confusion, k))
  const covariance = correct(confusion) * n - dot(actual, predicted)
  const spread = Math.sqrt(n * n - dot(actual, actual)) * Math.sqrt(n * n - dot(predicted, predicted))
  return n === 0 ? Number.NaN : ratio(covariance, spread)
}

const classIndices = ({ classes }: Confusion): number[] => Array.from({ length: classes }, (_, k) => k)
const occurs = (confusion: Confusion, k: number): boolean =>
  support(confusion, k) + predictedCount(confusion, k) > 0
const total = ({ counts }: Confusion): number => counts.reduce((a, b) => a + b, 0)
const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b)
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, i) => value * b[i]!))
