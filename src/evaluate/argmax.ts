/** The class that each row of probabilities or logits names. */
import type { Numbers } from './types.ts'

/**
 * The index of each row's largest value; the first of equals, as NumPy's argmax.
 *
 * @param rows [N, K] row-major, any range
 * @param classes K
 * @returns int32 [N], each in 0..K-1
 */
export function argmax(rows: Numbers, classes: number): Int32Array {
  const result = new Int32Array(rows.length / classes)
  for (let i = 0; i < result.length; i++) {
    const start = i * classes
    let best = 0
    for (let k = 1; k < classes; k++) if (rows[start + k]! > rows[start + best]!) best = k
    result[i] = best
  }
  return result
}

/**
 * Column k of a row-major matrix: with k = 1 of two classes, the scores of the positive class.
 *
 * @param rows [N, K] row-major
 * @returns float64 [N]
 */
export function column(rows: Numbers, classes: number, k: number): Float64Array {
  return Float64Array.from({ length: rows.length / classes }, (_, i) => rows[i * classes + k]!)
}
