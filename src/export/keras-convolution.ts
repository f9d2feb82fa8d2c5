/** ONNX's Conv as the layers Conv2D and DepthwiseConv2D of Keras. */
import type { Graph, Node } from '../graph/types.ts'
import { channelsLast, type KerasLayer, kerasLayer, kerasWeight, transposedWeight } from './keras-layer.ts'

/**
 * A convolution, and before it a layer for pads that Keras has no word for inside of it, such as those at the bottom
 * and right only.
 *
 * @param from the layer that it reads
 * @throws RangeError when its groups are neither one nor one a channel
 */
export function convolutionLayers(
  { initializers }: Graph,
  { name, inputs: [, w, b], attributes }: Node<'Conv'>,
  from: string,
): KerasLayer[] {
  const [kernel, bias] = [initializers.get(w!)!, initializers.get(b ?? '')]
  const [filters, depth, height, width] = kernel.shape as [number, number, number, number]
  const isDepthwise = depth === 1 && attributes.group === filters && filters > 1
  if (!isDepthwise && attributes.group > 1)
    throw new RangeError(`the convolution "${name}" has ${attributes.group} groups`)
  const padding = paddingOf(attributes, [height, width])
  const padded = padding === 'other' ? [paddingLayer(name, attributes.pads, from)] : []
  const config = {
    ...channelsLast,
    ...(isDepthwise ? { depth_multiplier: 1 } : { filters }),
    kernel_size: [height, width],
    strides: attributes.strides,
    dilation_rate: attributes.dilations,
    padding: padding === 'same' ? 'same' : 'valid',
    activation: 'linear',
    use_bias: bias !== undefined,
  }
  // [out, in, h, w] -> [h, w, in, out], and [channels, 1, h, w] -> [h, w, channels, 1].
  const weight = isDepthwise
    ? transposedWeight('depthwise_kernel', kernel, [2, 3, 0, 1])
    : transposedWeight('kernel', kernel, [2, 3, 1, 0])
  const weights = [weight, ...(bias ? [kerasWeight('bias', bias)] : [])]
  const className = isDepthwise ? 'DepthwiseConv2D' : 'Conv2D'
  return [...padded, kerasLayer(className, name, [padded[0]?.name ?? from], config, weights)]
}

/** What Keras calls the pads. Its `same` depends on the size where a stride is larger than 1, so there they are said. */
function paddingOf(
  { pads, strides, dilations }: Node<'Conv'>['attributes'],
  kernel: readonly [number, number],
): 'valid' | 'same' | 'other' {
  if (pads.every(pad => pad === 0)) return 'valid'
  const isSame = pads.every((pad, at) => 2 * pad === dilations[at % 2]! * (kernel[at % 2]! - 1))
  return isSame && strides.every(stride => stride === 1) ? 'same' : 'other'
}

/** Named as Keras does it: `Conv1_pad`, `block_1_pad`. */
function paddingLayer(convolution: string, pads: readonly number[], from: string): KerasLayer {
  const [top, left, bottom, right] = pads
  const padding = [
    [top, bottom],
    [left, right],
  ]
  const name = `${convolution.replace(/_depthwise$/, '')}_pad`
  return kerasLayer('ZeroPadding2D', name, [from], { ...channelsLast, padding })
}
