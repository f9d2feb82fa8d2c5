/** Gradients of convolutions in the layout of ONNX, [N, C, H, W]. */
import type { Attributes } from '../ops.ts'
import type { Node, Shape } from '../types.ts'
import { isDepthwise, isPointwise } from '../windows.ts'
import type { LoweringContext, LoweringRule } from './context.ts'
import { rowwiseInputGradient, rowwiseKernelGradient } from './rowwise.ts'

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
