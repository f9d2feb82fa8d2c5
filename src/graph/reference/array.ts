/** Dense float64 arrays for the reference interpreter: plain loops, made to be read. */

export interface NdArray {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export function ndarray(
  shape: readonly number[],
  data: ArrayLike<number> = new Float64Array(count(shape)),
): NdArray {
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) }
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

/** How far apart neighbours along each axis lie in memory. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => count(shape.slice(axis + 1)))
}

/** Calls `visit` with every index of the shape, in memory order; the index array is reused. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], at: number) => void,
): void {
  const index = shape.map(() => 0)
  const total = count(shape)
  for (let at = 0; at < total; at++) {
    visit(index, at)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
}

/** Where the element that is broadcast to `index` lies in an array. */
export function broadcastOffset({ shape }: NdArray, index: readonly number[]): number {
  const lead = index.length - shape.length
  return shape.reduce((offset, dim, axis) => offset * dim + (dim === 1 ? 0 : index[axis + lead]!), 0)
}

/** A new array whose every element is computed from its index. */
export function generate(shape: readonly number[], element: (index: readonly number[]) => number): NdArray {
  const result = ndarray(shape)
  forEachIndex(shape, (index, at) => {
    result.data[at] = element(index)
  })
  return result
}

/** Elementwise over broadcast arrays. */
export function elementwise(
  shape: readonly number[],
  arrays: readonly NdArray[],
  f: (...xs: number[]) => number,
): NdArray {
  return generate(shape, index => f(...arrays.map(array => array.data[broadcastOffset(array, index)]!)))
}

/** Folds the given axes of an array, whose sizes become 1. */
export function fold(
  x: NdArray,
  axes: readonly number[],
  start: number,
  f: (acc: number, value: number) => number,
): NdArray {
  const shape = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
  const result = ndarray(shape, new Float64Array(count(shape)).fill(start))
  forEachIndex(x.shape, (index, at) => {
    const to = broadcastOffset(result, index)
    result.data[to] = f(result.data[to]!, x.data[at]!)
  })
  return result
}

/** The elements, for arrays of whole numbers: axes, sizes, places. */
export const intsOf = (array: NdArray): number[] => Array.from(array.data)
