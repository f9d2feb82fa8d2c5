/** The nearest neighbours of every picture among what a network sees. */
import { type Random, shuffled } from '../util/random.ts'
import { type Matrix, type Products, rowsOf } from './products.ts'

/** Of each example the `count` nearest others, the nearest first. */
export interface Neighbours {
  readonly count: number
  /** [N, count]; -1 where there are not that many. */
  readonly places: Int32Array
  /** [N, count], -1..1; -1 where there is none. */
  readonly cosines: Float32Array
}

/** Examples that all are compared with at most: 20,000 by 20,000 cosines of 1,280 features take some seconds. */
const mostReferences = 20_000
/** Rows compared in one go. */
const chunk = 256

/**
 * Compares each example with all others, or with 20,000 of them, by the cosine between their features.
 *
 * @param features [N, D]; overwritten by rows of length 1
 */
export async function nearestOf(
  features: Matrix,
  count: number,
  products: Products,
  random: Random,
): Promise<Neighbours> {
  const { rows, columns, data } = features
  for (let row = 0; row < rows; row++) normalise(data.subarray(row * columns, (row + 1) * columns))
  const all = Array.from({ length: rows }, (_, place) => place)
  const drawn = rows <= mostReferences ? all : shuffled(all, random).slice(0, mostReferences)
  const references = rows <= mostReferences ? features : rowsOf(features, drawn)
  const places = new Int32Array(rows * count).fill(-1)
  const cosines = new Float32Array(rows * count).fill(-1)
  for (let from = 0; from < rows; from += chunk) {
    const some = rowsOf(features, all.slice(from, from + chunk))
    const { data: found } = await products.outer(some, references)
    for (let at = 0; at < some.rows; at++) {
      const [place, start] = [from + at, (from + at) * count]
      const own = {
        places: places.subarray(start, start + count),
        cosines: cosines.subarray(start, start + count),
      }
      keepHighest(found.subarray(at * drawn.length, (at + 1) * drawn.length), drawn, place, own)
    }
  }
  return { count, places, cosines }
}

function normalise(row: Float32Array): void {
  let squares = 0
  for (const value of row) squares += value * value
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  for (let i = 0; i < row.length; i++) row[i] = row[i]! * scale
}

/** Sorts the highest values into `best`, whose cosines are -1 at first; the example itself is no neighbour. */
function keepHighest(
  values: Float32Array,
  drawn: readonly number[],
  itself: number,
  best: Pick<Neighbours, 'places' | 'cosines'>,
): void {
  const { places, cosines } = best
  const last = cosines.length - 1
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value <= cosines[last]! || drawn[i] === itself) continue
    let at = last
    for (; at > 0 && cosines[at - 1]! < value; at--) {
      cosines[at] = cosines[at - 1]!
      places[at] = places[at - 1]!
    }
    cosines[at] = value
    places[at] = drawn[i]!
  }
}

/**
 * What the labels of the nearest say, float32 [N, K]: shares that sum to 1, or 0 of an example without neighbours.
 *
 * @param groups of places of copies, which are not asked: a wrong label would be confirmed by its own copy
 */
export function votesOf(
  { count, places }: Neighbours,
  labels: readonly number[],
  classes: number,
  groups: readonly (readonly number[])[],
): Matrix {
  const groupOf = new Map(groups.flatMap((group, number) => group.map(place => [place, number] as const)))
  const votes = new Float32Array(labels.length * classes)
  for (const place of labels.keys()) {
    const own = groupOf.get(place) ?? -1
    const asked = [...places.subarray(place * count, (place + 1) * count)].filter(
      other => other !== -1 && (own === -1 || groupOf.get(other) !== own),
    )
    for (const other of asked) votes[place * classes + labels[other]!]! += 1 / asked.length
  }
  return { rows: labels.length, columns: classes, data: votes }
}
