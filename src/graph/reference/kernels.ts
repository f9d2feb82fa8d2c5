/** Every operator in float64, from its definition: the yardstick for gradients and for lowered graphs. */
import { positiveAxis } from '../dims.ts'
import { dtypeOfOnnx } from '../onnx/dtypes.ts'
import type { OpName } from '../ops.ts'
import { type Reduction, reducedAxes } from '../shapes/elementwise.ts'
import { centerCropPad, concat, pad, slice, transpose } from './arrange.ts'
import { elementwise, fold, generate, intsOf, type NdArray, ndarray } from './array.ts'
import type { Kernel } from './kernel.ts'
import { conv, convInputGradient, convKernelGradient, matMul } from './network.ts'
import { batchNormalization, batchNormalizationGradient, column } from './normalization.ts'
import { averagePool, averagePoolGradient, globalAverage, maxPool, maxPoolGradient } from './pooling.ts'
import { dequantizeLinear, quantizeLinear } from './quantize.ts'

const map =
  (f: (...values: number[]) => number): Kernel<OpName> =>
  (_node, { x, shapes }) => [elementwise(shapes[0]!, x, f)]

/** Whole numbers are cut towards 0, truth values are whatever is not 0; floats keep their 64 bits. */
const cast: Kernel<'Cast'> = ({ attributes }, { x: [a], shapes }) => {
  const dtype = dtypeOfOnnx(attributes.to)
  if (dtype.startsWith('float')) return [ndarray(shapes[0]!, a!.data)]
  return [
    ndarray(
      shapes[0]!,
      a!.data.map(value => (dtype === 'bool' ? Number(value !== 0) : Math.trunc(value))),
    ),
  ]
}

const clip: Kernel<'Clip'> = (_node, { x: [a, low, high], shapes }) => {
  const [min, max] = [low?.data[0] ?? Number.NEGATIVE_INFINITY, high?.data[0] ?? Number.POSITIVE_INFINITY]
  return [elementwise(shapes[0]!, [a!], value => Math.min(Math.max(value!, min), max))]
}

const sameData: Kernel<OpName> = (_node, { x, shapes }) => [ndarray(shapes[0]!, x[0]!.data)]

const reduce =
  (start: number, f: (acc: number, value: number) => number, isMean = false): Kernel<Reduction> =>
  (node, { x: [a, axes], shapes }) => {
    const folded = fold(a!, reducedAxes(node, a!.shape.length, axes ? intsOf(axes) : []), start, f)
    const share = isMean ? folded.data.length / a!.data.length : 1
    return [
      ndarray(
        shapes[0]!,
        folded.data.map(value => value * share),
      ),
    ]
  }

/** log of the sum of exponentials along an axis, which keeps a size of 1. */
function logSumExp(x: NdArray, axis: number): NdArray {
  const at = positiveAxis(axis, x.shape.length)
  const top = fold(x, [at], Number.NEGATIVE_INFINITY, Math.max)
  const shifted = elementwise(x.shape, [x, top], (value, most) => Math.exp(value - most))
  return elementwise(
    top.shape,
    [top, fold(shifted, [at], 0, (a, b) => a + b)],
    (most, sum) => most + Math.log(sum),
  )
}

const gemm: Kernel<'Gemm'> = ({ attributes: { alpha, beta, transA, transB } }, { x: [a, b, c], shapes }) => {
  const flip = (m: NdArray): NdArray =>
    generate([m.shape[1]!, m.shape[0]!], ([i, j]) => m.data[j! * m.shape[1]! + i!]!)
  const product = matMul(shapes[0]!, transA ? flip(a!) : a!, transB ? flip(b!) : b!)
  return [elementwise(shapes[0]!, c ? [product, c] : [product], (p, extra = 0) => alpha * p! + beta * extra)]
}

const noReference: Kernel<OpName> = ({ op }) => {
  throw new RangeError(`The reference interpreter has no ${op}`)
}

/** Complete by type. */
export const kernels: { readonly [K in OpName]: Kernel<K> } = {
  Abs: map(a => Math.abs(a!)),
  Add: map((a, b) => a! + b!),
  And: map((a, b) => (a && b ? 1 : 0)),
  AveragePool: averagePool,
  AveragePoolGradient: averagePoolGradient,
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  Cast: cast,
  CenterCropPad: centerCropPad,
  Clip: clip,
  ClipGradient: ({ attributes: { min, max } }, { x, shapes }) => [
    elementwise(shapes[0]!, x, (d, y) => (y! > min && y! < max ? d! : 0)),
  ],
  Concat: concat,
  Conv: ({ attributes }, { x, shapes }) => [conv(shapes[0]!, x[0]!, x[1]!, x[2], attributes)],
  ConvInputGradient: ({ attributes }, { x, shapes }) => [
    convInputGradient(shapes[0]!, x[0]!, x[1]!, attributes),
  ],
  ConvKernelGradient: ({ attributes }, { x, shapes }) => [
    convKernelGradient(shapes[0]!, x[0]!, x[1]!, attributes),
  ],
  ConvTranspose: ({ attributes }, { x: [a, w, bias], shapes }) => {
    const y = convInputGradient(shapes[0]!, a!, w!, attributes)
    return [bias ? elementwise(y.shape, [y, column(bias, 4)], (v, b) => v! + b!) : y]
  },
  DequantizeLinear: dequantizeLinear,
  Div: map((a, b) => a! / b!),
  Equal: map((a, b) => (a === b ? 1 : 0)),
  Exp: map(a => Math.exp(a!)),
  Expand: (_node, { x, shapes }) => [elementwise(shapes[0]!, [x[0]!], a => a!)],
  Flatten: sameData,
  Gemm: gemm,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: (_node, { x }) => [fold(x[0]!, [2, 3], Number.NEGATIVE_INFINITY, Math.max)],
  Greater: map((a, b) => (a! > b! ? 1 : 0)),
  HardSigmoid: ({ attributes: { alpha, beta } }, { x, shapes }) => [
    elementwise(shapes[0]!, x, a => Math.min(Math.max(alpha * a! + beta, 0), 1)),
  ],
  Identity: sameData,
  Less: map((a, b) => (a! < b! ? 1 : 0)),
  Log: map(a => Math.log(a!)),
  LogSoftmax: ({ attributes }, { x: [a], shapes }) => [
    elementwise(shapes[0]!, [a!, logSumExp(a!, attributes.axis)], (v, total) => v! - total!),
  ],
  MatMul: (_node, { x, shapes }) => [matMul(shapes[0]!, x[0]!, x[1]!)],
  Max: map(Math.max),
  MaxPool: maxPool,
  MaxPoolGradient: maxPoolGradient,
  Min: map(Math.min),
  Mul: map((a, b) => a! * b!),
  Neg: map(a => -a!),
  Pad: pad,
  QuantizeLinear: quantizeLinear,
  Reciprocal: map(a => 1 / a!),
  ReduceMax: reduce(Number.NEGATIVE_INFINITY, Math.max),
  ReduceMean: reduce(0, (a, b) => a + b, true),
  ReduceSum: reduce(0, (a, b) => a + b),
  Relu: map(a => Math.max(a!, 0)),
  Reshape: sameData,
  Resize: noReference,
  Shape: (_node, { x }) => [ndarray([x[0]!.shape.length], x[0]!.shape)],
  Sigmoid: map(a => 1 / (1 + Math.exp(-a!))),
  Sign: map(a => Math.sign(a!)),
  Size: (_node, { x }) => [ndarray([], [x[0]!.data.length])],
  Slice: slice,
  Softmax: ({ attributes }, { x: [a], shapes }) => [
    elementwise(shapes[0]!, [a!, logSumExp(a!, attributes.axis)], (v, total) => Math.exp(v! - total!)),
  ],
  Softplus: map(a => Math.max(a!, 0) + Math.log1p(Math.exp(-Math.abs(a!)))),
  Sqrt: map(a => Math.sqrt(a!)),
  Squeeze: sameData,
  Sub: map((a, b) => a! - b!),
  Tanh: map(a => Math.tanh(a!)),
  Transpose: transpose,
  Unsqueeze: sameData,
  Where: map((condition, a, b) => (condition ? a! : b!)),
}
