/** Every operator in float64, from its definition: the yardstick for gradients and for lowered graphs. */
import { positiveAxis } from '../dims.ts'
import { dtypeOfOnnx } from '../onnx/dtypes.ts'
import type { OpName } from '../ops.ts'
import { sliceRange } from '../shapes/arrange.ts'
import { type Reduction, reducedAxes } from '../shapes/elementwise.ts'
import { broadcastOffset, count, elementwise, fold, generate, type NdArray, ndarray } from './array.ts'
import type { Kernel } from './kernel.ts'
import {
  conv,
  convInputGradient,
  convKernelGradient,
  forEachInWindow,
  matMul,
  windowCounts,
} from './network.ts'
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

const intsOf = (array: NdArray): number[] => Array.from(array.data)

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

/** The statistics of each channel of [N, C, H, W], with biased variance. */
function channelStatistics(x: NdArray): { mean: NdArray; variance: NdArray; size: number } {
  const channels = x.shape[1]!
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const size = x.data.length / channels
  const sum = (values: NdArray): NdArray => fold(values, axes, 0, (a, b) => a + b / size)
  const mean = sum(x)
  const variance = sum(elementwise(x.shape, [x, mean], (value, m) => (value - m) ** 2))
  return { mean: ndarray([channels], mean.data), variance: ndarray([channels], variance.data), size }
}

const column = (values: NdArray, rank: number): NdArray =>
  ndarray([1, values.shape[0]!, ...Array(rank - 2).fill(1)], values.data)

const batchNormalization: Kernel<'BatchNormalization'> = ({ attributes }, { x }) => {
  const { epsilon, momentum, training_mode } = attributes
  const [input, scale, bias, runningMean, runningVariance] = x as [
    NdArray,
    NdArray,
    NdArray,
    NdArray,
    NdArray,
  ]
  const batch = training_mode ? channelStatistics(input) : { mean: runningMean, variance: runningVariance }
  const columns = [scale, bias, batch.mean, batch.variance].map(value => column(value, input.shape.length))
  const y = elementwise(
    input.shape,
    [input, ...columns],
    (v, s, b, m, r) => ((v! - m!) / Math.sqrt(r! + epsilon)) * s! + b!,
  )
  const blend = (running: NdArray, now: NdArray): NdArray =>
    elementwise(now.shape, [running, now], (a, b) => a! * momentum + b! * (1 - momentum))
  return [y, blend(runningMean, batch.mean), blend(runningVariance, batch.variance)]
}

/** Ioffe and Szegedy 2015, section 3. */
const batchNormalizationGradient: Kernel<'BatchNormalizationGradient'> = ({ attributes }, { x }) => {
  const [dY, input, scale, mean, variance] = x as [NdArray, NdArray, NdArray, NdArray, NdArray]
  const rank = input.shape.length
  const size = input.data.length / input.shape[1]!
  const axes = input.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const inverse = elementwise(variance.shape, [variance], v => 1 / Math.sqrt(v! + attributes.epsilon))
  const [s, m, i] = [scale, mean, inverse].map(value => column(value, rank)) as [NdArray, NdArray, NdArray]
  const normalised = elementwise(input.shape, [input, m, i], (v, mu, inv) => (v! - mu!) * inv!)
  const sum = (values: NdArray): NdArray => fold(values, axes, 0, (a, b) => a + b)
  const dBias = sum(dY)
  const dScale = sum(elementwise(dY.shape, [dY, normalised], (d, v) => d! * v!))
  const dX = elementwise(
    dY.shape,
    [dY, normalised, s, i, dBias, dScale],
    (d, v, sc, inv, db, ds) => sc! * inv! * (d! - db! / size - (v! * ds!) / size),
  )
  return [dX, ndarray(scale.shape, dScale.data), ndarray(scale.shape, dBias.data)]
}

const gemm: Kernel<'Gemm'> = ({ attributes: { alpha, beta, transA, transB } }, { x: [a, b, c], shapes }) => {
  const flip = (m: NdArray): NdArray =>
    generate([m.shape[1]!, m.shape[0]!], ([i, j]) => m.data[j! * m.shape[1]! + i!]!)
  const product = matMul(shapes[0]!, transA ? flip(a!) : a!, transB ? flip(b!) : b!)
  return [elementwise(shapes[0]!, c ? [product, c] : [product], (p, extra = 0) => alpha * p! + beta * extra)]
}

const transpose: Kernel<'Transpose'> = ({ attributes }, { x: [a], shapes }) => {
  const rank = a!.shape.length
  const perm = attributes.perm.length > 0 ? attributes.perm : a!.shape.map((_, axis) => rank - 1 - axis)
  return [
    generate(
      shapes[0]!,
      index =>
        a!.data[
          broadcastOffset(
            a!,
            perm.map((_, axis) => index[perm.indexOf(axis)]!),
          )
        ]!,
    ),
  ]
}

const concat: Kernel<'Concat'> = ({ attributes }, { x, shapes }) => {
  const axis = positiveAxis(attributes.axis, shapes[0]!.length)
  const starts = x.map((_, part) => x.slice(0, part).reduce((sum, array) => sum + array.shape[axis]!, 0))
  return [
    generate(shapes[0]!, index => {
      const part = starts.findLastIndex(start => start <= index[axis]!)
      const local = index.map((value, k) => (k === axis ? value - starts[part]! : value))
      return x[part]!.data[broadcastOffset(x[part]!, local)]!
    }),
  ]
}

const slice: Kernel<'Slice'> = (_node, { x: [a, starts, ends, axes, steps], shapes }) => {
  const from = a!.shape.map(() => 0)
  const step = a!.shape.map(() => 1)
  const places = axes ? intsOf(axes) : intsOf(starts!).map((_, axis) => axis)
  places.forEach((place, k) => {
    const axis = positiveAxis(place, a!.shape.length)
    step[axis] = steps ? steps.data[k]! : 1
    from[axis] = sliceRange(a!.shape[axis]!, starts!.data[k]!, ends!.data[k]!, step[axis]!).from
  })
  return [
    generate(
      shapes[0]!,
      index => a!.data[index.reduce((sum, v, k) => sum * a!.shape[k]! + from[k]! + v * step[k]!, 0)]!,
    ),
  ]
}

/** Where an element beyond the border comes from, by the mode of Pad. */
const beyondBorder: Readonly<Record<string, (at: number, size: number) => number>> = {
  constant: at => at,
  edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
  reflect: (at, size) => size - 1 - Math.abs(size - 1 - Math.abs(at)),
}

/** The element at an index, or the fallback where the index is outside. */
function elementOr({ shape, data }: NdArray, index: readonly number[], fallback: number): number {
  const inside = index.every((v, axis) => v >= 0 && v < shape[axis]!)
  return inside ? data[index.reduce((sum, v, axis) => sum * shape[axis]! + v, 0)]! : fallback
}

const pad: Kernel<'Pad'> = ({ attributes: { mode } }, { x: [a, pads, value], shapes }) => [
  generate(shapes[0]!, index => {
    const from = index.map((v, axis) => beyondBorder[mode]!(v - pads!.data[axis]!, a!.shape[axis]!))
    return elementOr(a!, from, value?.data[0] ?? 0)
  }),
]

/** What is left over on both sides is halved, the odd element is at the end (ONNX CenterCropPad-18). */
const centerCropPad: Kernel<'CenterCropPad'> = (_node, { x: [a], shapes }) => {
  const start = a!.shape.map((size, axis) => Math.trunc((size - shapes[0]![axis]!) / 2))
  return [
    generate(shapes[0]!, index =>
      elementOr(
        a!,
        index.map((v, axis) => v + start[axis]!),
        0,
      ),
    ),
  ]
}

const globalAverage: Kernel<OpName> = (_node, { x: [a], shapes }) => {
  const share = count(shapes[0]!) / a!.data.length
  return [fold(a!, [2, 3], 0, (sum, value) => sum + value * share)]
}

const averagePool: Kernel<'AveragePool'> = ({ attributes }, { x: [a], shapes }) => {
  const counts = windowCounts(a!.shape, shapes[0]!, attributes)
  const y = ndarray(shapes[0]!)
  forEachInWindow(a!.shape, y.shape, attributes, (from, to) => {
    y.data[to]! += a!.data[from]! / counts.data[to]!
  })
  return [y]
}

const averagePoolGradient: Kernel<'AveragePoolGradient'> = ({ attributes }, { x: [dY, a] }) => {
  const counts = windowCounts(a!.shape, dY!.shape, attributes)
  const dX = ndarray(a!.shape)
  forEachInWindow(a!.shape, dY!.shape, attributes, (to, from) => {
    dX.data[to]! += dY!.data[from]! / counts.data[from]!
  })
  return [dX]
}

const maxPool: Kernel<'MaxPool'> = ({ attributes }, { x: [a], shapes }) => {
  const y = ndarray(shapes[0]!, new Float64Array(count(shapes[0]!)).fill(Number.NEGATIVE_INFINITY))
  forEachInWindow(a!.shape, y.shape, attributes, (from, to) => {
    y.data[to] = Math.max(y.data[to]!, a!.data[from]!)
  })
  return [y]
}

const maxPoolGradient: Kernel<'MaxPoolGradient'> = ({ attributes }, { x: [dY, a, y] }) => {
  const ties = ndarray(y!.shape)
  const dX = ndarray(a!.shape)
  const isMaximum = (from: number, to: number): boolean => a!.data[from] === y!.data[to]
  forEachInWindow(
    a!.shape,
    y!.shape,
    attributes,
    (from, to) => void (isMaximum(from, to) && ties.data[to]!++),
  )
  forEachInWindow(a!.shape, y!.shape, attributes, (from, to) => {
    if (isMaximum(from, to)) dX.data[from]! += dY!.data[to]! / ties.data[to]!
  })
  return [dX]
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
