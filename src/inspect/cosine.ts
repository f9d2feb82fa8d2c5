/** The discrete cosine transform of a small square (DCT-II, orthonormal). */

const tables = new Map<number, Float32Array>()

/** The basis: `[frequency, position]`. */
function tableOf(size: number): Float32Array {
  const known = tables.get(size)
  if (known !== undefined) return known
  const table = Float32Array.from({ length: size * size }, (_, at) => {
    const [frequency, position] = [Math.floor(at / size), at % size]
    const scale = Math.sqrt((frequency === 0 ? 1 : 2) / size)
    return scale * Math.cos((Math.PI * (2 * position + 1) * frequency) / (2 * size))
  })
  tables.set(size, table)
  return table
}

/**
 * The coefficients of a square, `[vertical frequency, horizontal frequency]`; lengths and angles are kept.
 *
 * @param values float32 [size, size]
 */
export function cosineTransform(values: Float32Array, size: number): Float32Array {
  return alongRows(alongRows(values, size), size)
}

/** Transforms each row and gives the result transposed, so that doing it twice does both directions. */
function alongRows(values: Float32Array, size: number): Float32Array {
  const table = tableOf(size)
  const result = new Float32Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let frequency = 0; frequency < size; frequency++) {
      let sum = 0
      for (let x = 0; x < size; x++) sum += values[row * size + x]! * table[frequency * size + x]!
      result[frequency * size + row] = sum
    }
  }
  return result
}
