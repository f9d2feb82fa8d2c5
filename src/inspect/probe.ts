/**
 * A linear probe: what a ridge regression on frozen features says of each example, fitted on all others.
 *
 * Least squares on one-hot labels has a closed form, needs no schedule, and stays calm where labels are wrong; and what
 * it would say without an example follows from one fit of all. The penalty is the mean of the covariance's eigenvalues
 * that are not 0, strong enough for a few hundred examples of 1,280 features.
 */
import { solveSymmetric } from './cholesky.ts'
import type { Matrix, Products } from './products.ts'

/** Relative to the mean eigenvalue, zeros aside. */
const penalty = 1

/**
 * Left-out scores, float32 [N, K]: about 1 for the class that an example looks like, about 0 for the others.
 *
 * @param features [N, D] with columns of mean 0 and variance 1, as `standardised` makes them
 * @param labels of each example, 0..K-1
 * @param groups of places of copies, which are left out together
 */
export async function probeScores(
  features: Matrix,
  labels: readonly number[],
  classes: number,
  groups: readonly (readonly number[])[],
  products: Products,
): Promise<Matrix> {
  const targets = targetsOf(labels, classes)
  const hat = await hatOf(features, products)
  const fitted = await products.outer(hat.left, transposed(await products.inner(hat.right, targets.centred)))
  const scores = { rows: features.rows, columns: classes, data: new Float32Array(fitted.data.length) }
  const copied = new Set(groups.flat())
  const alone = labels.map((_, place) => [place]).filter(([place]) => !copied.has(place!))
  for (const group of [...groups.flatMap(inParts), ...alone]) {
    const errors = leftOutErrors(group, hat, targets.centred, fitted)
    group.forEach((place, at) => {
      for (let c = 0; c < classes; c++) {
        const truth = targets.centred.data[place * classes + c]! + targets.mean[c]!
        scores.data[place * classes + c] = truth - errors[at * classes + c]!
      }
    })
  }
  return scores
}

/** Copies that are left out at once; where there are more of one picture, little can be said of their labels anyway. */
const mostLeftOut = 64

function inParts(group: readonly number[]): number[][] {
  const parts = Math.ceil(group.length / mostLeftOut)
  return Array.from({ length: parts }, (_, part) => group.slice(part * mostLeftOut, (part + 1) * mostLeftOut))
}

/** One-hot labels less their means. */
function targetsOf(labels: readonly number[], classes: number): { centred: Matrix; mean: Float32Array } {
  const mean = new Float32Array(classes)
  for (const label of labels) mean[label]! += 1 / labels.length
  const data = new Float32Array(labels.length * classes)
  labels.forEach((label, at) => {
    for (let c = 0; c < classes; c++) data[at * classes + c] = (c === label ? 1 : 0) - mean[c]!
  })
  return { centred: { rows: labels.length, columns: classes, data }, mean }
}

/** The matrix that makes fitted values of targets, as the product of `left` and transposed `right`, [N, M] each. */
interface Hat {
  readonly left: Matrix
  readonly right: Matrix
}

/** X (X'X + l)^-1 X', by whichever inverse is smaller: that one, or the one of X X' + l. */
async function hatOf(x: Matrix, products: Products): Promise<Hat> {
  if (x.columns <= x.rows) {
    const inverse = penalisedInverse(await products.inner(x, x))
    return { left: await products.outer(x, inverse), right: x }
  }
  const kernel = await products.outer(x, x)
  return { left: kernel, right: penalisedInverse(kernel) }
}

function penalisedInverse({ rows: size, data }: Matrix): Matrix {
  const gram = Float64Array.from(data)
  const inverse = new Float64Array(size * size)
  let trace = 0
  for (let i = 0; i < size; i++) trace += gram[i * size + i]!
  // Both systems have the same eigenvalues beside zeros, so the mean of those of the smaller one leaves the zeros out.
  for (let i = 0; i < size; i++) {
    gram[i * size + i]! += (penalty * trace) / size + Number.EPSILON
    inverse[i * size + i] = 1
  }
  solveSymmetric(gram, size, inverse, size)
  return { rows: size, columns: size, data: Float32Array.from(inverse) }
}

/**
 * By how much the regression misses a group's targets when it is fitted without the group, [G, K]: the errors of the
 * fit of all, times the inverse of 1 - H of the group (Cook and Weisberg 1982, section 2.2). The mean of the targets is
 * fitted as well, without a penalty: columns of mean 0 make that 1/N in all of H.
 */
function leftOutErrors(group: readonly number[], hat: Hat, targets: Matrix, fitted: Matrix): Float64Array {
  const classes = targets.columns
  const errors = Float64Array.from({ length: group.length * classes }, (_, i) => {
    const at = group[Math.floor(i / classes)]! * classes + (i % classes)
    return targets.data[at]! - fitted.data[at]!
  })
  const system = Float64Array.from({ length: group.length ** 2 }, (_, i) => {
    const [a, b] = [Math.floor(i / group.length), i % group.length]
    return (a === b ? 1 + slack : 0) - 1 / targets.rows - rowProduct(hat, group[a]!, group[b]!)
  })
  solveSymmetric(system, group.length, errors, classes)
  return errors
}

/** Keeps the system solvable where a group is all there is, and where float32 has rounded. */
const slack = 1e-4

function rowProduct({ left, right }: Hat, a: number, b: number): number {
  const { columns } = left
  let sum = 0
  for (let i = 0; i < columns; i++) sum += left.data[a * columns + i]! * right.data[b * columns + i]!
  return sum
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const turned = Float32Array.from(
    { length: data.length },
    (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!,
  )
  return { rows: columns, columns: rows, data: turned }
}

/** The same with columns of mean 0 and variance 1; columns that never change become 0. Overwrites the data. */
export function standardised({ rows, columns, data }: Matrix): Matrix {
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0]
    for (let at = column; at < data.length; at += columns) {
      sum += data[at]!
      squares += data[at]! ** 2
    }
    const mean = sum / rows
    const deviation = Math.sqrt(Math.max(0, squares / rows - mean * mean))
    const scale = deviation > 1e-6 ? 1 / deviation : 0
    for (let at = column; at < data.length; at += columns) data[at] = (data[at]! - mean) * scale
  }
  return { rows, columns, data }
}
