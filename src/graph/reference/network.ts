/** Convolutions, pools and products as their definitions say them, for the reference interpreter. */
import type { Attributes } from '../ops.ts'
import { forEachIndex, generate, type NdArray, ndarray, stridesOf } from './array.ts'

type Window = Attributes<'Conv'>
type Pool = Pick<Attributes<'MaxPool'>, 'kernel_shape' | 'strides' | 'pads'>

/**
 * Calls `visit` for every product in a convolution: offsets into X, W and Y whose elements meet.
 * Y[n,m,i,j] = sum over k,p,q of X[n, k, i s + p d - pad, j s + q d - pad] W[m, k, p, q].
 */
function forEachProduct(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  { strides, pads, dilations, group }: Window,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [xs, ws] = [stridesOf(x), stridesOf(w)]
  const [perGroup, taps] = [w[1]!, [w[1]!, w[2]!, w[3]!]]
  forEachIndex(y, ([n, m, i, j], at) => {
    const base = Math.floor(m! / (w[0]! / group)) * perGroup
    forEachIndex(taps, ([k, p, q]) => {
      const row = i! * strides[0]! + p! * dilations[0]! - pads[0]!
      const column = j! * strides[1]! + q! * dilations[1]! - pads[1]!
      if (row < 0 || row >= x[2]! || column < 0 || column >= x[3]!) return
      const from = n! * xs[0]! + (base + k!) * xs[1]! + row * xs[2]! + column
      visit(from, m! * ws[0]! + k! * ws[1]! + p! * ws[2]! + q!, at)
    })
  })
}

export function conv(
  shape: readonly number[],
  x: NdArray,
  w: NdArray,
  bias: NdArray | undefined,
  window: Window,
): NdArray {
  const y = generate(shape, index => bias?.data[index[1]!] ?? 0)
  forEachProduct(x.shape, w.shape, shape, window, (a, b, c) => {
    y.data[c]! += x.data[a]! * w.data[b]!
  })
  return y
}

export function convInputGradient(
  shape: readonly number[],
  dY: NdArray,
  w: NdArray,
  window: Window,
): NdArray {
  const dX = ndarray(shape)
  forEachProduct(shape, w.shape, dY.shape, window, (a, b, c) => {
    dX.data[a]! += dY.data[c]! * w.data[b]!
  })
  return dX
}

export function convKernelGradient(
  shape: readonly number[],
  dY: NdArray,
  x: NdArray,
  window: Window,
): NdArray {
  const dW = ndarray(shape)
  forEachProduct(x.shape, shape, dY.shape, window, (a, b, c) => {
    dW.data[b]! += dY.data[c]! * x.data[a]!
  })
  return dW
}

/** Calls `visit` for every element of X under every window of Y. */
export function forEachInWindow(
  x: readonly number[],
  y: readonly number[],
  { kernel_shape: [kh, kw], strides, pads }: Pool,
  visit: (x: number, y: number) => void,
): void {
  const xs = stridesOf(x)
  forEachIndex(y, ([n, c, i, j], at) => {
    forEachIndex([kh!, kw!], ([p, q]) => {
      const row = i! * strides[0]! + p! - pads[0]!
      const column = j! * strides[1]! + q! - pads[1]!
      if (row < 0 || row >= x[2]! || column < 0 || column >= x[3]!) return
      visit(n! * xs[0]! + c! * xs[1]! + row * xs[2]! + column, at)
    })
  })
}

/** How many elements each window of an average counts; what hangs over beyond the pads is never counted. */
export function windowCounts(
  x: readonly number[],
  y: readonly number[],
  { kernel_shape, strides, pads, count_include_pad }: Attributes<'AveragePool'>,
): NdArray {
  const counted = (axis: number, at: number): number => {
    const [before, after] = count_include_pad ? [pads[axis]!, pads[axis + 2]!] : [0, 0]
    const start = at * strides[axis]! - pads[axis]!
    return Math.min(start + kernel_shape[axis]!, x[axis + 2]! + after) - Math.max(start, -before)
  }
  return generate(y, ([, , row, column]) => counted(0, row!) * counted(1, column!))
}

/** Matrices in the last two axes, the others broadcast. */
export function matMul(shape: readonly number[], a: NdArray, b: NdArray): NdArray {
  const inner = a.shape.at(-1)!
  const offset = (array: NdArray, index: readonly number[]): number => {
    const lead = index.length - array.shape.length
    return array.shape.reduce((sum, dim, axis) => sum * dim + (dim === 1 ? 0 : index[axis + lead]!), 0)
  }
  return generate(shape, index => {
    let sum = 0
    for (let k = 0; k < inner; k++) {
      const left = offset(a, [...index.slice(0, -1), k])
      const right = offset(b, [...index.slice(0, -2), k, index.at(-1)!])
      sum += a.data[left]! * b.data[right]!
    }
    return sum
  })
}
