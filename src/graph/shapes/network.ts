/** Shapes of convolutions, pools, products and normalisations. */
import { broadcastShapes, sizeOf } from '../dims.ts'
import type { OpName } from '../ops.ts'
import type { Dim, Node, Shape } from '../types.ts'
import { type Inferred, requiredInts, type ShapeContext, type ShapeRule } from './rule.ts'

/** The output's size along one axis of a convolution or a pool (ONNX Conv-11). */
function windowedSize(
  size: Dim,
  kernel: number,
  stride: number,
  [before, after]: readonly [number, number],
  dilation: number,
  ceil = 0,
): Dim {
  if (kernel === 1 && stride === 1 && before + after === 0) return size
  if (typeof size !== 'number')
    throw new RangeError(`A window needs a known height and width. Received: ${size}`)
  const steps = (size + before + after - dilation * (kernel - 1) - 1) / stride
  const last = ceil ? Math.ceil(steps) : Math.floor(steps)
  if (last < 0)
    throw new RangeError(`A kernel of ${kernel} does not fit ${size} elements padded by ${before + after}`)
  // A last window that would begin beyond the elements is dropped (ONNX MaxPool-12).
  return ceil && last * stride >= size + before ? last : last + 1
}

interface WindowLike {
  readonly strides: readonly number[]
  readonly pads: readonly number[]
  readonly dilations?: readonly number[]
  readonly ceil_mode?: number
}

function windowed(shape: Shape, kernel: Shape, window: WindowLike): Dim[] {
  return [0, 1].map(axis =>
    windowedSize(
      shape[axis + 2]!,
      kernel[axis] as number,
      window.strides[axis]!,
      [window.pads[axis]!, window.pads[axis + 2]!],
      window.dilations?.[axis] ?? 1,
      window.ceil_mode,
    ),
  )
}

/** X [N, C, H, W], W [M, C/group, kh, kw] -> [N, M, H', W']. */
export const conv: ShapeRule<'Conv'> = (node, { input }) => {
  const { dtype, shape } = input(0)
  const kernel = input(1).shape
  if (shape.length !== 4 || shape[1] !== sizeOf([node.attributes.group, kernel[1]!])) {
    throw new RangeError(`Conv "${node.name}" with kernel [${kernel}] does not fit an input of [${shape}]`)
  }
  return [{ dtype, shape: [shape[0]!, kernel[0]!, ...windowed(shape, kernel.slice(2), node.attributes)] }]
}

/** X [N, C, H, W], W [C, M/group, kh, kw] -> [N, M, H', W'] (ONNX ConvTranspose-11). */
export const convTranspose: ShapeRule<'ConvTranspose'> = ({ attributes }, { input }) => {
  const { dtype, shape } = input(0)
  const kernel = input(1).shape as readonly number[]
  const { strides, pads, dilations, output_padding, group } = attributes
  const size = (axis: number): number =>
    strides[axis]! * ((shape[axis + 2] as number) - 1) +
    output_padding[axis]! +
    (kernel[axis + 2]! - 1) * dilations[axis]! +
    1 -
    pads[axis]! -
    pads[axis + 2]!
  return [{ dtype, shape: [shape[0]!, kernel[1]! * group, size(0), size(1)] }]
}

export const pool: ShapeRule<'AveragePool' | 'MaxPool'> = ({ attributes }, { input }) => {
  const { dtype, shape } = input(0)
  return [{ dtype, shape: [shape[0]!, shape[1]!, ...windowed(shape, attributes.kernel_shape, attributes)] }]
}

export const globalPool: ShapeRule<'GlobalAveragePool' | 'GlobalMaxPool'> = (_node, { input }) => {
  const { dtype, shape } = input(0)
  return [{ dtype, shape: [shape[0]!, shape[1]!, 1, 1] }]
}

/** Y, and in training mode the running mean and variance. */
export const batchNormalization: ShapeRule<'BatchNormalization'> = (node, { input }) => {
  const { dtype, shape } = input(0)
  const perChannel: Inferred = { dtype, shape: input(1).shape }
  return node.outputs.length > 1 ? [{ dtype, shape }, perChannel, perChannel] : [{ dtype, shape }]
}

export const gemm: ShapeRule<'Gemm'> = (node, { input }) => {
  const { dtype, shape: a } = input(0)
  const { shape: b } = input(1)
  const { transA, transB } = node.attributes
  if (a.length !== 2 || b.length !== 2 || a[transA ? 0 : 1] !== b[transB ? 1 : 0]) {
    throw new RangeError(
      `Gemm "${node.name}" cannot multiply [${a}] and [${b}] (transA ${transA}, transB ${transB})`,
    )
  }
  return [{ dtype, shape: [a[transA ? 1 : 0]!, b[transB ? 0 : 1]!] }]
}

/** Matrices in the last two axes, the others broadcast. */
export const matMul: ShapeRule<'MatMul'> = (node, { input }) => {
  const { dtype, shape: a } = input(0)
  const { shape: b } = input(1)
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) {
    throw new RangeError(`MatMul "${node.name}" cannot multiply [${a}] and [${b}]`)
  }
  return [{ dtype, shape: [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!] }]
}

/** Resize to constant `sizes` along `axes`. */
export const resize: ShapeRule<'Resize'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const sizes = requiredInts(node, context, 3)
  const axes = node.attributes.axes.length > 0 ? node.attributes.axes : shape.map((_, axis) => axis)
  return [{ dtype, shape: shape.map((dim, axis) => sizes[axes.indexOf(axis)] ?? dim) }]
}

/** The gradient has the shape of X, whose batch and channels are those of dY and the kernel. */
export const convInputGradient: ShapeRule<'ConvInputGradient'> = ({ attributes }, { input }) => {
  const { dtype, shape } = input(0)
  const channels = (input(1).shape[1] as number) * attributes.group
  return [{ dtype, shape: [shape[0]!, channels, ...attributes.shape] }]
}

export const convKernelGradient: ShapeRule<'ConvKernelGradient'> = ({ attributes }, { input }) => {
  const { dtype, shape } = input(0)
  const inputs = (input(1).shape[1] as number) / attributes.group
  return [{ dtype, shape: [shape[1]!, inputs, ...attributes.kernel_shape] }]
}

/** The second input's shape: the gradient of what it was computed from. */
export const likeSecond: ShapeRule<OpName> = (_node: Node, { input }: ShapeContext) => [
  { dtype: input(1).dtype, shape: input(1).shape },
]

export const batchNormalizationGradient: ShapeRule<'BatchNormalizationGradient'> = (_node, { input }) => {
  const { dtype, shape } = input(0)
  const perChannel: Inferred = { dtype, shape: input(2).shape }
  return [{ dtype, shape }, perChannel, perChannel]
}
