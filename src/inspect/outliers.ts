/** Pictures unlike all others: far from their nearest neighbours in feature space (Ramaswamy, Rastogi and Shim 2000). */
import type { Neighbours } from './neighbours.ts'
import { robustScores, unusual } from './robust.ts'

/** An example with how unusual its distance is, in robust standard deviations. */
export interface Outlier {
  readonly place: number
  readonly deviations: number
}

/** The neighbour whose distance counts; nearer ones may be copies. */
const neighbour = 5

/** Finds outliers, the farthest first; none among fewer than three times the neighbours that are counted. */
export function outliersOf({ count, cosines }: Neighbours): Outlier[] {
  const rows = cosines.length / count
  if (rows < neighbour * 3) return []
  const distances = Array.from({ length: rows }, (_, place) => 1 - cosines[place * count + neighbour - 1]!)
  return robustScores(distances.map(distance => Math.log(Math.max(1e-6, distance))))
    .map((deviations, place) => ({ place, deviations }))
    .filter(({ deviations }) => deviations > unusual)
    .sort((a, b) => b.deviations - a.deviations || a.place - b.place)
}
