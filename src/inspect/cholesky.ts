/** Linear equations with a symmetric positive definite matrix, by Cholesky's factorisation in float64. */

/**
 * Solves `matrix * x = right`.
 *
 * @param matrix [size, size], of which the lower triangle is read; it is overwritten
 * @param right [size, columns]; it is overwritten by the solution
 * @throws RangeError when the matrix is not positive definite
 */
export function solveSymmetric(
  matrix: Float64Array,
  size: number,
  right: Float64Array,
  columns: number,
): void {
  factorise(matrix, size)
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) subtract(right, row, matrix[row * size + k]!, k, columns)
    divide(right, row, matrix[row * size + row]!, columns)
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) subtract(right, row, matrix[k * size + row]!, k, columns)
    divide(right, row, matrix[row * size + row]!, columns)
  }
}

/** Puts L with `matrix = L * transposed(L)` in the lower triangle, row by row so that the inner loop is contiguous. */
function factorise(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const [a, b] = [row * size, column * size]
      let sum = matrix[a + column]!
      for (let k = 0; k < column; k++) sum -= matrix[a + k]! * matrix[b + k]!
      if (column < row) matrix[a + column] = sum / matrix[b + column]!
      else if (sum > 0) matrix[a + row] = Math.sqrt(sum)
      else throw new RangeError(`Expected a positive definite matrix; row ${row} depends on those before it`)
    }
  }
}

function subtract(right: Float64Array, row: number, factor: number, from: number, columns: number): void {
  for (let i = 0; i < columns; i++)
    right[row * columns + i] = right[row * columns + i]! - factor * right[from * columns + i]!
}

function divide(right: Float64Array, row: number, by: number, columns: number): void {
  for (let i = 0; i < columns; i++) right[row * columns + i] = right[row * columns + i]! / by
}
