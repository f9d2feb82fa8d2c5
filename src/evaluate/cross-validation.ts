/** Figures over predictions that were each made by a network that had not seen the example. */
import { argmax } from './argmax.ts'
import { evaluatePredictions } from './evaluation.ts'
import type { Interval } from './interval.ts'
import type { Predictions } from './types.ts'

export interface CrossValidation {
  readonly folds: number
  /** Examples in all folds. */
  readonly examples: number
  /** Over the examples of all folds, 0..1, with Wilson's 95% interval. */
  readonly accuracy: number
  readonly accuracyInterval: Interval
  readonly macroF1: number
  /** Of each fold, in order. */
  readonly perFold: readonly number[]
}

/**
 * Pools the predictions of folds.
 *
 * The interval takes examples as independent, as they are but for sharing networks: it tells what the set's size leaves
 * open; `perFold` tells how much one network differs from another (Bengio and Grandvalet 2004 show that no unbiased
 * estimate joins the two).
 *
 * @param folds predictions of each fold, one example or more in each
 */
export function crossValidation(folds: readonly Predictions[]): CrossValidation {
  const probabilities = Float32Array.from(folds.flatMap(({ probabilities }) => Array.from(probabilities)))
  const labels = Int32Array.from(folds.flatMap(fold => Array.from(fold.labels)))
  const { examples, accuracy, accuracyInterval, macroF1 } = evaluatePredictions({ probabilities, labels })
  const perFold = folds.map(accuracyOf)
  return { folds: folds.length, examples, accuracy, accuracyInterval, macroF1, perFold }
}

function accuracyOf({ probabilities, labels }: Predictions): number {
  const predicted = argmax(probabilities, probabilities.length / labels.length)
  return predicted.filter((label, at) => label === labels[at]).length / labels.length
}
