/** Whether two classifiers, tried on the same examples, differ by more than chance. */
import { type Numbers, sameLength } from './types.ts'

/** Where the two classifiers disagree about being right. */
export interface McNemar {
  /** Examples that only the first got right. */
  readonly onlyFirst: number
  /** Examples that only the second got right. */
  readonly onlySecond: number
  /** Two-sided chance, in 0..1, of a split at least as uneven if both were equally good; 1 without disagreement. */
  readonly pValue: number
}

/**
 * The exact test of McNemar (1947): under equal accuracy, the disagreements are fair coin flips.
 *
 * @param labels [N]
 * @param first [N] classes that the first classifier predicted
 * @param second [N] classes that the second predicted
 * @throws RangeError when the lengths differ
 */
export function mcnemar(labels: Numbers, first: Numbers, second: Numbers): McNemar {
  sameLength('Labels and predictions', labels, first)
  sameLength('Labels and predictions', labels, second)
  let onlyFirst = 0
  let onlySecond = 0
  for (let i = 0; i < labels.length; i++) {
    const firstRight = first[i] === labels[i]
    if (firstRight === (second[i] === labels[i])) continue
    if (firstRight) onlyFirst++
    else onlySecond++
  }
  const tail = fairTail(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond)
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) }
}

/** P(X <= k) of X ~ Binomial(n, 1/2), summed in logarithms so that no term overflows. */
function fairTail(k: number, n: number): number {
  let logTerm = -n * Math.LN2
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i)
    sum += Math.exp(logTerm)
  }
  return sum
}
