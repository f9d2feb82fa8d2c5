/** Principal directions of many numbers: the few along which rows differ most. */
import { randomOf } from '../util/random.ts'

/** Rows of `length` numbers, one after another. */
export interface Rows {
  readonly length: number
  readonly values: Float64Array
}

/** A mean, and orthonormal directions through it. */
export interface Principal {
  /** [C] */
  readonly mean: Float64Array
  /** [R, C], a direction a row. */
  readonly directions: Float64Array
}

/** Subspace iterations; the gaps between spectra of features are wide, so a few more change nothing. */
const iterations = 12

/**
 * The first principal directions of N rows, by subspace iteration from a seeded start (Golub and Van Loan, 8.2.4).
 *
 * @param rank R, at most N - 1 and the length of a row
 */
export function principalDirections(rows: Rows, rank: number): Principal {
  const { length } = rows
  const mean = meanOf(rows)
  const centred = new Float64Array(Math.ceil(rows.values.length / (4 * length)) * 4 * length)
  rows.values.forEach((value, at) => void (centred[at] = value - mean[at % length]!))
  const random = randomOf(1, 'principal')
  let directions = Float64Array.from({ length: rank * length }, () => random.normal())
  orthonormalise(directions, length)
  for (let round = 0; round < iterations; round++) {
    directions = timesCovariance(centred, directions, length)
    orthonormalise(directions, length)
  }
  return { mean, directions }
}

/** How far each row is from the space through the mean along the directions. */
export function distances({ length, values }: Rows, { mean, directions }: Principal): Float64Array {
  const residual = new Float64Array(length)
  return Float64Array.from({ length: values.length / length }, (_, row) => {
    for (let i = 0; i < length; i++) residual[i] = values[row * length + i]! - mean[i]!
    for (let from = 0; from < directions.length; from += length)
      takeOut(residual, directions.subarray(from, from + length))
    return Math.sqrt(dot(residual, residual))
  })
}

function meanOf({ length, values }: Rows): Float64Array {
  const mean = new Float64Array(length)
  values.forEach((value, at) => void (mean[at % length]! += value))
  const count = values.length / length
  return mean.map(sum => sum / count)
}

/**
 * Directions times X^T X, without making that: the rows of X are [N, C], N a multiple of 4, for zeros add nothing. Four
 * rows at once take three fifths of the time of one by one.
 */
function timesCovariance(
  rows: Float64Array,
  directions: Float64Array,
  length: number,
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(directions.length)
  const rowAt = (start: number): Float64Array => rows.subarray(start, start + length)
  for (let at = 0; at < rows.length; at += 4 * length) {
    const [a, b] = [rowAt(at), rowAt(at + length)]
    const [c, d] = [rowAt(at + 2 * length), rowAt(at + 3 * length)]
    for (let from = 0; from < directions.length; from += length) {
      let [inA, inB, inC, inD] = [0, 0, 0, 0]
      for (let i = 0; i < length; i++) {
        const x = directions[from + i]!
        inA += a[i]! * x
        inB += b[i]! * x
        inC += c[i]! * x
        inD += d[i]! * x
      }
      for (let i = 0; i < length; i++)
        result[from + i]! += inA * a[i]! + inB * b[i]! + inC * c[i]! + inD * d[i]!
    }
  }
  return result
}

/** Gram and Schmidt's, twice, in place: once leaves errors where directions are nearly alike. */
function orthonormalise(directions: Float64Array, length: number): void {
  for (let from = 0; from < directions.length; from += length) {
    const own = directions.subarray(from, from + length)
    for (let round = 0; round < 2; round++)
      for (let before = 0; before < from; before += length)
        takeOut(own, directions.subarray(before, before + length))
    const norm = Math.sqrt(dot(own, own))
    // Rows that span fewer directions leave nothing; zeros take nothing out.
    for (let i = 0; i < length; i++) own[i] = norm > tiny ? own[i]! / norm : 0
  }
}

const tiny = 1e-12

function takeOut(vector: Float64Array, direction: Float64Array): void {
  const inside = dot(vector, direction)
  for (let i = 0; i < vector.length; i++) vector[i]! -= inside * direction[i]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
