/**
 * A linear probe: what a ridge regression on frozen features says of each example, fitted on other examples only.
 *
 * Least squares on one-hot labels has a closed form, needs no schedule, and stays calm where labels are wrong. The
 * penalty is the mean of the covariance's eigenvalues that are not 0, strong enough for a few hundred examples of 1,280 features
 * (compared with logistic regression and nearest neighbours in `bench/doctor.ts`' data sets: none ranks better on all).
 */
import { solveSymmetric } from './cholesky.ts'
import { type Matrix, type Products, rowsOf } from './products.ts'

/** Relative to the mean eigenvalue, zeros aside. */
const penalty = 1

/**
 * Out-of-fold scores, float32 [N, K]: about 1 for the class that it looks like, about 0 for the others.
 *
 * @param features [N, D] with columns of mean 0 and variance 1, as `standardised` makes them
 * @param labels of each example, 0..K-1
 * @param folds the fold of each example, 0..F-1
 */
export async function probeScores(
  features: Matrix,
  labels: readonly number[],
  classes: number,
  folds: Int32Array,
  products: Products,
): Promise<Matrix> {
  const scores = { rows: features.rows, columns: classes, data: new Float32Array(features.rows * classes) }
  for (const fold of new Set(folds)) {
    const held = placesWhere(folds, value => value === fold)
    const fitted = placesWhere(folds, value => value !== fold)
    if (fitted.length === 0) continue
    const targets = targetsOf(
      fitted.map(place => labels[place]!),
      classes,
    )
    const weights = await ridge(rowsOf(features, fitted), targets.centred, products)
    const found = await products.outer(rowsOf(features, held), transposed(weights))
    held.forEach((place, at) => {
      for (let c = 0; c < classes; c++)
        scores.data[place * classes + c] = found.data[at * classes + c]! + targets.mean[c]!
    })
  }
  return scores
}

function placesWhere(folds: Int32Array, isWanted: (fold: number) => boolean): number[] {
  return [...folds.keys()].filter(place => isWanted(folds[place]!))
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

/** Weights [D, K], by whichever system of equations is smaller: that of the features, or that of the examples. */
async function ridge(x: Matrix, y: Matrix, products: Products): Promise<Matrix> {
  if (x.columns <= x.rows) {
    const [gram, right] = [await products.inner(x, x), await products.inner(x, y)]
    return solved(gram, right)
  }
  const dual = solved(await products.outer(x, x), y)
  return products.inner(x, dual)
}

function solved({ rows: size, data }: Matrix, right: Matrix): Matrix {
  const gram = Float64Array.from(data)
  let trace = 0
  for (let i = 0; i < size; i++) trace += gram[i * size + i]!
  // Both systems have the same eigenvalues beside zeros, so the mean of those of the smaller one leaves the zeros out.
  for (let i = 0; i < size; i++) gram[i * size + i]! += (penalty * trace) / size + Number.EPSILON
  const solution = Float64Array.from(right.data)
  solveSymmetric(gram, size, solution, right.columns)
  return { ...right, data: Float32Array.from(solution) }
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
