/** Backward operators in the layout of ONNX, [N, C, H, W]: for large planes, and for every form there is. */
import type { Attributes, OpName } from '../ops.ts'
import type { Node, Shape } from '../types.ts'
import { isDepthwise, isPointwise, planeOf } from '../windows.ts'
import type { LoweringContext, LoweringRule } from './context.ts'
import { clipGradient as clipFactor } from './pointwise.ts'
import { rowwiseInputGradient, rowwiseKernelGradient } from './rowwise.ts'

/** ONNX operators stay as they are. */
export const same: LoweringRule<OpName> = (node, { g, get, set }) => {
  const inputs = node.inputs.map(input => (input === '' ? '' : get(input)))
  g.append({ ...node, inputs } as Node)
  for (const output of node.outputs) set(output, 'plain', output)
  return true
}

export const clipGradient: LoweringRule<'ClipGradient'> = ({ inputs, outputs, attributes }, context) => {
  const { get, set } = context
  set(
    outputs[0]!,
    'plain',
    clipFactor(
      context,
      inputs.map(input => get(input)),
      attributes,
    ),
  )
  return true
}

/** The kernel turned over or its channels exchanged where that is a Conv; strided depthwise by rows; else ConvTranspose. */
export const convInputGradient: LoweringRule<'ConvInputGradient'> = (
  { inputs, outputs, attributes },
  context,
) => {
  const { g, get, info, set } = context
  const [dY, w] = inputs as [string, string]
  const kernel = info(w).shape as readonly number[]
  const window = windowOf(attributes)
  if (isPointwise(kernel, attributes)) {
    const turned = g.add('Transpose', [get(w)], { perm: [1, 0, 2, 3] })
    set(outputs[0]!, 'plain', g.add('Conv', [get(dY), turned]))
  } else if (isDepthwise(kernel, attributes) && attributes.strides.every(stride => stride === 1)) {
    const pads = attributes.pads.map(
      (pad, side) => (kernel[2 + (side % 2)]! - 1) * attributes.dilations[side % 2]! - pad,
    )
    set(outputs[0]!, 'plain', g.add('Conv', [get(dY), turnedOver(context, get(w))], { ...window, pads }))
  } else if (isDepthwise(kernel, attributes)) {
    set(
      outputs[0]!,
      'plain',
      rowwiseInputGradient({ dY, w, shape: info(outputs[0]!).shape }, attributes, context),
    )
  } else {
    const output_padding = [0, 1].map(axis => leftOver(attributes, kernel, info(dY).shape, axis))
    set(outputs[0]!, 'plain', g.add('ConvTranspose', [get(dY), get(w)], { ...window, output_padding }))
  }
  return true
}

/** The rows and columns at the far border that no window reached. */
function leftOver(
  { strides, pads, dilations, shape }: Attributes<'ConvInputGradient'>,
  kernel: readonly number[],
  output: Shape,
  axis: number,
): number {
  const reach = (kernel[axis + 2]! - 1) * dilations[axis]! + 1
  return (
    shape[axis]! + pads[axis]! + pads[axis + 2]! - reach - ((output[axis + 2] as number) - 1) * strides[axis]!
  )
}

/** Both spatial axes reversed. */
function turnedOver({ g, ints }: LoweringContext, kernel: string): string {
  return g.add('Slice', [
    kernel,
    ints([-1, -1]),
    ints([-(2 ** 31), -(2 ** 31)]),
    ints([2, 3]),
    ints([-1, -1]),
  ])
}

/**
 * dW: one product over all pixels of the batch, of each channel or, by rows, of each channel alone.
 */
export const convKernelGradient: LoweringRule<'ConvKernelGradient'> = (node, context) => {
  const { info, set } = context
  const kernel = info(node.outputs[0]!).shape as readonly number[]
  const { group } = node.attributes
  if (isPointwise(kernel, node.attributes))
    set(node.outputs[0]!, 'plain', pointwiseKernelGradient(node, context, kernel))
  else if (isDepthwise(kernel, node.attributes))
    set(node.outputs[0]!, 'plain', rowwiseKernelGradient(node, context))
  else if (group === 1) set(node.outputs[0]!, 'plain', gatheredKernelGradient(node, context, kernel))
  else
    throw new RangeError(`Cannot train "${node.name}": a convolution of ${group} groups of several channels`)
  return true
}

function pointwiseKernelGradient(
  { inputs }: Node<'ConvKernelGradient'>,
  { g, get, ints }: LoweringContext,
  kernel: readonly number[],
): string {
  const rows = (value: string, channels: number): string =>
    g.add('Reshape', [g.add('Transpose', [get(value)], { perm: [1, 0, 2, 3] }), ints([channels, -1])])
  const product = g.add('Gemm', [rows(inputs[0]!, kernel[0]!), rows(inputs[1]!, kernel[1]!)], { transB: 1 })
  return g.add('Reshape', [product, ints(kernel)])
}

/**
 * What lies under each tap is gathered as channels of their own by a convolution with one-hot kernels; the rest is
 * one product over all output pixels. A convolution of X with dY has the same sums, but kernels as large as planes.
 */
function gatheredKernelGradient(
  { inputs, attributes }: Node<'ConvKernelGradient'>,
  { g, get, ints }: LoweringContext,
  kernel: readonly number[],
): string {
  const [dY, x] = inputs as [string, string]
  const size = kernel[1]! * kernel[2]! * kernel[3]!
  const oneHot = Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0))
  const selectors = g.constant('float32', [size, ...kernel.slice(1)], oneHot)
  const gathered = g.add('Conv', [get(x), selectors], windowOf(attributes))
  // [N, R, H', W'] -> [R, N, H', W'] -> [R, N * H' * W']
  const rows = (value: string, count: number): string =>
    g.add('Reshape', [g.add('Transpose', [value], { perm: [1, 0, 2, 3] }), ints([count, -1])])
  const product = g.add('Gemm', [rows(get(dY), kernel[0]!), rows(gathered, size)], { transB: 1 })
  return g.add('Reshape', [product, ints(kernel)])
}

function windowOf({ strides, pads, dilations, group }: Attributes<'Conv'>): Attributes<'Conv'> {
  return { strides, pads, dilations, group }
}

/**
 * Ioffe and Szegedy 2015, section 3, over [N, C, H, W] or [1, C, H*W, N] alike: the channels are axis 1.
 *
 * Gathered by channel, dX = a dY + b X + c, in the fewest passes over whole arrays; that it subtracts what is near
 * the mean costs no more digits than the engine's own forward pass, which is y = s X + t.
 */
export const batchNormalizationGradient: LoweringRule<'BatchNormalizationGradient'> = (node, context) => {
  const { g, get, info, has, set, ints } = context
  const layout = has(node.inputs[1]!, 'channelFirst') ? 'channelFirst' : 'plain'
  const [dY, x] = node.inputs.slice(0, 2).map(input => get(input, layout)) as [string, string]
  const [scale, mean, variance] = node.inputs.slice(2).map(input => get(input)) as [string, string, string]
  const channels = info(node.inputs[2]!).shape[0] as number
  const column = (value: string): string => g.add('Reshape', [value, ints([1, channels, 1, 1])])
  const times = (a: string, b: string): string => g.add('Mul', [a, b])
  const sum = (value: string): string => g.add('ReduceSum', [value, ints([0, 2, 3])], { keepdims: 0 })
  const shifted = g.add('Add', [variance, g.constant('float32', [], [node.attributes.epsilon])])
  const inverse = g.add('Reciprocal', [g.add('Sqrt', [shifted])])
  const dBias = sum(dY)
  const dScale = times(inverse, g.add('Sub', [sum(times(dY, x)), times(mean, dBias)]))
  const pixels = g.add('Cast', [g.add('Div', [g.add('Size', [x]), g.constant('int64', [], [channels])])], {
    to: 1,
  })
  const slope = times(scale, inverse)
  const ofX = g.add('Neg', [g.add('Div', [times(slope, times(inverse, dScale)), pixels])])
  const rest = g.add('Neg', [g.add('Add', [g.add('Div', [times(slope, dBias), pixels]), times(ofX, mean)])])
  const affine = g.add('Add', [times(x, column(ofX)), column(rest)])
  const dX = g.add('Add', [times(dY, column(slope)), affine])
  set(node.outputs[0]!, layout, dX)
  set(node.outputs[1]!, 'plain', dScale)
  set(node.outputs[2]!, 'plain', dBias)
  return true
}

type Pool = Attributes<'MaxPool'>

/** Each window's gradient, divided among the elements that it counts, added back where they came from. */
export const averagePoolGradient: LoweringRule<'AveragePoolGradient'> = (
  { inputs, outputs, attributes },
  context,
) => {
  const { g, get, info, set } = context
  const [dY, x] = inputs as [string, string]
  const [kh, kw] = attributes.kernel_shape as [number, number]
  const counts = attributes.count_include_pad
    ? g.constant('float32', [], [kh * kw])
    : g.constant('float32', ...windowCounts(info(x).shape, info(dY).shape, attributes))
  const ones = Array.from({ length: kh * kw }, () => 1)
  const share = g.add('Div', [get(dY), counts])
  set(outputs[0]!, 'plain', scatter(context, share, ones, info(x).shape, info(dY).shape, attributes))
  return true
}

/** For each tap of the window, the share of the windows whose maximum lies there. */
export const maxPoolGradient: LoweringRule<'MaxPoolGradient'> = (
  { inputs, outputs, attributes },
  context,
) => {
  const { g, get, info, set, ints } = context
  const [dY, x, y] = inputs as [string, string, string]
  const [input, output] = [info(x).shape as readonly number[], info(y).shape as readonly number[]]
  const [kh, kw] = attributes.kernel_shape as [number, number]
  const [top, left] = attributes.pads as [number, number]
  const reach = (axis: number): number =>
    (output[axis + 2]! - 1) * attributes.strides[axis]! + attributes.kernel_shape[axis]!
  const after = [0, 1].map(axis => Math.max(0, reach(axis) - input[axis + 2]! - attributes.pads[axis]!))
  const border = [ints([0, 0, top, left, 0, 0, after[0]!, after[1]!]), g.constant('float32', [], [-3.4e38])]
  const padded = g.add('Pad', [get(x), ...border])
  const isMaximum = Array.from({ length: kh * kw }, (_, tap) => {
    const start = [Math.floor(tap / kw), tap % kw]
    const end = start.map((from, axis) => from + (output[axis + 2]! - 1) * attributes.strides[axis]! + 1)
    const under = g.add('Slice', [padded, ints(start), ints(end), ints([2, 3]), ints(attributes.strides)])
    return g.add('Cast', [g.add('Equal', [under, get(y)])], { to: 1 })
  })
  const count = isMaximum.reduce((sum, mask) => g.add('Add', [sum, mask]))
  const share = g.add('Div', [get(dY), count])
  const parts = isMaximum.map((mask, tap) => {
    const oneHot = isMaximum.map((_, other) => (other === tap ? 1 : 0))
    return scatter(context, g.add('Mul', [mask, share]), oneHot, input, output, attributes)
  })
  set(
    outputs[0]!,
    'plain',
    parts.reduce((sum, part) => g.add('Add', [sum, part])),
  )
  return true
}

/** Adds each window's value, weighted by the taps, to the pixels under it: a transposed convolution a channel. */
function scatter(
  { g }: LoweringContext,
  value: string,
  taps: readonly number[],
  input: Shape,
  output: Shape,
  { kernel_shape, strides, pads }: Pool,
): string {
  const channels = input[1] as number
  const kernel = Array.from({ length: channels }, () => taps).flat()
  const weights = g.constant('float32', [channels, 1, ...kernel_shape], kernel)
  const short = (axis: number): number =>
    (input[axis + 2] as number) +
    pads[axis]! -
    ((output[axis + 2] as number) - 1) * strides[axis]! -
    kernel_shape[axis]!
  // What the windows do not reach is added as output padding; what they reach beyond the input is cut as a pad.
  const window = {
    strides,
    pads: [pads[0]!, pads[1]!, Math.max(0, -short(0)), Math.max(0, -short(1))],
    group: channels,
    output_padding: [Math.max(0, short(0)), Math.max(0, short(1))],
  }
  return g.add('ConvTranspose', [value, weights], window)
}

/** How many of the input's elements lie under each window, as the shape and values of [1, 1, H', W']. */
function windowCounts(
  input: Shape,
  output: Shape,
  { kernel_shape, strides, pads }: Pool,
): [number[], number[]] {
  const along = (axis: number): number[] =>
    Array.from({ length: output[axis + 2] as number }, (_, at) => {
      const start = at * strides[axis]! - pads[axis]!
      return Math.min(start + kernel_shape[axis]!, input[axis + 2] as number) - Math.max(start, 0)
    })
  const columns = along(1)
  return [
    [1, 1, planeRows(output), columns.length],
    along(0).flatMap(row => columns.map(column => row * column)),
  ]
}

function planeRows(shape: Shape): number {
  return planeOf(shape) / (shape[3] as number)
}
