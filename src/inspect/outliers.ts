/** Pictures unlike all others: far from their nearest neighbours in feature space (Ramaswamy, Rastogi and Shim 2000). */
import { type Random, shuffled } from '../util/random.ts'
import { type Matrix, type Products, rowsOf } from './products.ts'
import { robustScores, unusual } from './robust.ts'

/** An example with how unusual its distance is, in robust standard deviations. */
export interface Outlier {
  readonly place: number
  readonly deviations: number
}

/** The neighbour whose distance counts; nearer ones may be copies. */
const neighbour = 5
/** Examples that all are compared with at most: 20,000 by 20,000 distances of 1,280 features take some seconds. */
const mostReferences = 20_000
/** Rows compared in one go. */
const chunk = 256

/**
 * Finds outliers, the farthest first; none among fewer than three times the neighbours that are counted.
 *
 * @param features [N, D], as `standardised` makes them; overwritten by rows of length 1
 */
export async function outliersOf(features: Matrix, products: Products, random: Random): Promise<Outlier[]> {
  const { rows, columns, data } = features
  if (rows < neighbour * 3) return []
  for (let row = 0; row < rows; row++) normalise(data.subarray(row * columns, (row + 1) * columns))
  const all = Array.from({ length: rows }, (_, place) => place)
  const references =
    rows <= mostReferences ? features : rowsOf(features, shuffled(all, random).slice(0, mostReferences))
  const distances: number[] = []
  for (let from = 0; from < rows; from += chunk) {
    const some = rowsOf(features, all.slice(from, from + chunk))
    const cosines = await products.outer(some, references)
    for (let at = 0; at < some.rows; at++)
      distances.push(
        1 - highest(cosines.data.subarray(at * references.rows, (at + 1) * references.rows), neighbour + 1),
      )
  }
  return robustScores(distances.map(distance => Math.log(Math.max(1e-6, distance))))
    .map((deviations, place) => ({ place, deviations }))
    .filter(({ deviations }) => deviations > unusual)
    .sort((a, b) => b.deviations - a.deviations || a.place - b.place)
}

function normalise(row: Float32Array): void {
  let squares = 0
  for (const value of row) squares += value * value
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  for (let i = 0; i < row.length; i++) row[i] = row[i]! * scale
}

/** The k-th highest of some values, counted from 1. */
function highest(values: Float32Array, k: number): number {
  const best = new Float32Array(k).fill(Number.NEGATIVE_INFINITY)
  for (const value of values) {
    if (value <= best[0]!) continue
    let at = 0
    while (at + 1 < k && best[at + 1]! < value) {
      best[at] = best[at + 1]!
      at++
    }
    best[at] = value
  }
  return best[0]!
}
