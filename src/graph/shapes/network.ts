/** Shapes of convolutions, pools, products and normalisations. */
import { broadcastShapes, divideDims, sameShape, sizeOf } from '../dims.ts'
import type { OpName } from '../ops.ts'
import type { Dim, Node, Shape } from '../types.ts'
import { knownSize } from './arrange.ts'
import { commonDtype, type Inferred, resizedShape, type ShapeContext, type ShapeRule } from './rule.ts'

/** The output's size along one axis of a convolution or a pool (ONNX Conv-11). */
function windowedSize(
  size: Dim,
  kernel: number,
  stride: number,
  [before, after]: readonly [number, number],
  dilation: number,
  ceil = 0,
): Dim {
  const reach = dilation * (kernel - 1) + 1
  if (typeof size !== 'number') return namedSize(size, before + after - reach, stride, ceil)
  const steps = (size + before + after - reach) / stride
  const last = ceil ? Math.ceil(steps) : Math.floor(steps)
  if (last < 0)
    throw new RangeError(`A kernel of ${kernel} does not fit ${size} elements padded by ${before + after}`)
  // A last window that would begin beyond the elements is dropped (ONNX MaxPool-12).
  return ceil && last * stride >= size + before ? last : last + 1
}

/** floor((size + added) / stride) + 1 as a name, such as `H`, `(H-2)` or `floor((H-1)/2)`. */
function namedSize(size: string, added: number, stride: number, ceil: number): string {
  if (ceil || size.includes('*')) throw new RangeError(`A window needs a known size. Received: ${size}`)
  const shift = added + stride
  const sum = shift === 0 ? size : `(${size}${shift > 0 ? '+' : ''}${shift})`
  return stride === 1 ? sum : `floor(${sum}/${stride})`
}

interface WindowLike {
  readonly strides: readonly number[]
  readonly pads: readonly number[]
  readonly dilations?: readonly number[]
  readonly ceil_mode?: number
}

/** @throws RangeError when the input is no [N, C, H, W], or the window is not one of two axes */
function requireWindow({ op, name }: Node, shape: Shape, kernel: Shape, window: WindowLike): void {
  const { strides, pads, dilations = [1, 1] } = window
  const isWhole = (list: Shape, length: number, least: number): boolean =>
    list.length === length && list.every(value => typeof value === 'number' && value >= least)
  const isPlane = shape.length === 4 && [kernel, strides, dilations].every(list => isWhole(list, 2, 1))
  if (isPlane && isWhole(pads, 4, 0)) return
  const lists = [`kernel [${kernel}]`, `strides [${strides}]`, `dilations [${dilations}]`, `pads [${pads}]`]
  throw new RangeError(`${op} "${name}" cannot move over [${shape}] with ${lists.join(', ')}`)
}

/** Height and width of the output. */
function windowed(node: Node, shape: Shape, kernel: Shape, window: WindowLike): Dim[] {
  requireWindow(node, shape, kernel, window)
  const { strides, pads, dilations = [1, 1] } = window
  return [0, 1].map(axis =>
    windowedSize(
      shape[axis + 2]!,
      kernel[axis] as number,
      strides[axis]!,
      [pads[axis]!, pads[axis + 2]!],
      dilations[axis]!,
      window.ceil_mode,
    ),
  )
}

/** X [N, C, H, W], W [M, C/group, kh, kw] -> [N, M, H', W']. */
export const conv: ShapeRule<'Conv'> = (node, context) => {
  const { shape } = context.input(0)
  const [filters = 1, depth = 1, ...kernel] = context.input(1).shape
  const { group } = node.attributes
  const bias = node.inputs[2] ? context.input(2).shape : [filters]
  const fits = group >= 1 && shape[1] === sizeOf([group, depth]) && divideDims(filters, group) !== undefined
  if (!fits || !sameShape(bias, [filters])) {
    const weights = `kernel [${context.input(1).shape}], bias [${bias}] and ${group} groups`
    throw new RangeError(`Conv "${node.name}" with ${weights} does not fit an input of [${shape}]`)
  }
  const dtype = commonDtype(node, context)
  return [{ dtype, shape: [shape[0]!, filters, ...windowed(node, shape, kernel, node.attributes)] }]
}

/** X [N, C, H, W], W [C, M/group, kh, kw] -> [N, M, H', W'] (ONNX ConvTranspose-11). */
export const convTranspose: ShapeRule<'ConvTranspose'> = (node, context) => {
  const { shape } = context.input(0)
  const [channels = 1, filters = 1, ...kernel] = context.input(1).shape
  const { strides, pads, dilations, output_padding, group } = node.attributes
  requireWindow(node, shape, kernel, node.attributes)
  if (shape[1] !== channels)
    throw new RangeError(`ConvTranspose "${node.name}" with ${channels} channels does not fit [${shape}]`)
  const size = (axis: number): number =>
    strides[axis]! * (knownSize(shape, axis + 2) - 1) +
    (output_padding[axis] ?? 0) +
    ((kernel[axis] as number) - 1) * dilations[axis]! +
    1 -
    pads[axis]! -
    pads[axis + 2]!
  const dtype = commonDtype(node, context)
  return [{ dtype, shape: [shape[0]!, sizeOf([filters, group]), size(0), size(1)] }]
}

export const pool: ShapeRule<'AveragePool' | 'MaxPool'> = (node, { input }) => {
  const { dtype, shape } = input(0)
  const { attributes } = node
  return [
    { dtype, shape: [shape[0]!, shape[1]!, ...windowed(node, shape, attributes.kernel_shape, attributes)] },
  ]
}

export const globalPool: ShapeRule<'GlobalAveragePool' | 'GlobalMaxPool'> = ({ op, name }, { input }) => {
  const { dtype, shape } = input(0)
  if (shape.length !== 4) throw new RangeError(`${op} "${name}" needs [N, C, H, W]. Received: [${shape}]`)
  return [{ dtype, shape: [shape[0]!, shape[1]!, 1, 1] }]
}

/** Y, and in training mode the running mean and variance. */
export const batchNormalization: ShapeRule<'BatchNormalization'> = (node, { input }) => {
  const { dtype, shape } = input(0)
  for (const index of [1, 2, 3, 4]) {
    const found = input(index).shape
    if (shape.length < 2 || !sameShape(found, [shape[1]!]))
      throw new RangeError(`BatchNormalization "${node.name}" of [${shape}] cannot use [${found}] a channel`)
  }
  const perChannel: Inferred = { dtype, shape: input(1).shape }
  return node.outputs.length > 1 ? [{ dtype, shape }, perChannel, perChannel] : [{ dtype, shape }]
}

export const gemm: ShapeRule<'Gemm'> = (node, context) => {
  const [a, b] = [context.input(0).shape, context.input(1).shape]
  const { transA, transB } = node.attributes
  if (a.length !== 2 || b.length !== 2 || a[transA ? 0 : 1] !== b[transB ? 1 : 0]) {
    throw new RangeError(
      `Gemm "${node.name}" cannot multiply [${a}] and [${b}] (transA ${transA}, transB ${transB})`,
    )
  }
  const shape = [a[transA ? 1 : 0]!, b[transB ? 0 : 1]!]
  if (node.inputs[2] && !sameShape(broadcastShapes(shape, context.input(2).shape), shape))
    throw new RangeError(`Gemm "${node.name}" cannot add [${context.input(2).shape}] to [${shape}]`)
  return [{ dtype: commonDtype(node, context), shape }]
}

/** Matrices in the last two axes, the others broadcast. */
export const matMul: ShapeRule<'MatMul'> = (node, context) => {
  const [a, b] = [context.input(0).shape, context.input(1).shape]
  const dtype = commonDtype(node, context)
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) {
    throw new RangeError(`MatMul "${node.name}" cannot multiply [${a}] and [${b}]`)
  }
  return [{ dtype, shape: [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!] }]
}

/** Resize to `sizes` along `axes`. */
export const resize: ShapeRule<'Resize'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  return [{ dtype, shape: resizedShape(node, context, shape, node.attributes.axes, 3) }]
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
