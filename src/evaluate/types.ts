/** The words of evaluation: predictions as flat arrays, figures as plain records. */

/** Anything indexed by number: a typed array or a plain one. */
export type Numbers = ArrayLike<number>

/** What a classifier said of N examples over K classes, beside what they are. */
export interface Predictions {
  /** [N, K] row-major, each row summing to 1. */
  readonly probabilities: Numbers
  /** [N], each in 0..K-1. */
  readonly labels: Numbers
}

/** @throws RangeError when two arrays that describe the same examples differ in length */
export function sameLength(what: string, a: Numbers, b: Numbers): void {
  if (a.length !== b.length)
    throw new RangeError(`${what} must be equally long. Received: ${a.length} and ${b.length}`)
}

/**
 * The number of classes K of [N, K] probabilities.
 *
 * @throws RangeError when the probabilities are no whole number of rows of at least two columns
 */
export function classCount({ probabilities, labels }: Predictions): number {
  const classes = labels.length === 0 ? Number.NaN : probabilities.length / labels.length
  if (Number.isInteger(classes) && classes >= 2) return classes
  throw new RangeError(
    `Predictions must be N x K probabilities for N labels, K >= 2. Received: ${probabilities.length} and ${labels.length}`,
  )
}
