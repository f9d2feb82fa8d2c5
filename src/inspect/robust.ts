/** How far values are from the usual, measured so that the unusual ones do not move the yardstick. */

/**
 * The modified z-score of each value (Iglewicz and Hoaglin 1993): its distance from the median in units that equal
 * the standard deviation for normal numbers. All 0 where more than half of the values are equal.
 */
export function robustScores(values: readonly number[]): number[] {
  const middle = median(values)
  const deviation = median(values.map(value => Math.abs(value - middle)))
  return values.map(value => (deviation === 0 ? 0 : (0.6745 * (value - middle)) / deviation))
}

/** The bound that Iglewicz and Hoaglin advise for outliers. */
export const unusual = 3.5

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
