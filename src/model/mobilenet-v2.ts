/**
 * MobileNetV2 (Sandler et al. 2018, table 2) as Keras builds it: its layers' names and order, TensorFlow's SAME
 * padding, batch norm with epsilon 1e-3. Keras 2.3 and older count 155 layers without the top, the padding before
 * the stem among them; layer 100 is `block_11_expand_BN`.
 */
import { graphBuilder } from '../graph/builder.ts'
import type { Backbone, Layer } from './types.ts'

export interface MobileNetV2Options {
  /** Width multiplier, more than 0; Keras publishes weights for 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4. */
  readonly alpha: number
  /** Height and width of the input, in pixels, at least 32. */
  readonly size: number
  /**
   * The first layer, by index, whose batch norm uses the batch's statistics, as Keras' `fit` does in layers that it
   * trains; default: none, all use the stored ones.
   */
  readonly batchStatisticsFrom?: number
}

/** Table 2: output channels, repeats and first stride of each stage; expansion is 6 but for the first. */
const stages = [
  { channels: 16, repeats: 1, stride: 1, expansion: 1 },
  { channels: 24, repeats: 2, stride: 2, expansion: 6 },
  { channels: 32, repeats: 3, stride: 2, expansion: 6 },
  { channels: 64, repeats: 4, stride: 2, expansion: 6 },
  { channels: 96, repeats: 3, stride: 1, expansion: 6 },
  { channels: 160, repeats: 3, stride: 2, expansion: 6 },
  { channels: 320, repeats: 1, stride: 1, expansion: 6 },
] as const

const epsilon = 1e-3

/** Channels after scaling: a multiple of 8, never less than 90% of what was asked (the paper's code). */
export function scaledChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8)
  return rounded < 0.9 * channels ? rounded + 8 : rounded
}

/**
 * The network from `image`, float32 [N, 3, size, size] in [-1, 1], to `out_relu`, float32 [N, C, size/32, size/32].
 * Its weights are inputs of the graph, named and ordered as in Keras, laid out as in ONNX.
 *
 * @throws RangeError when alpha or size is out of range
 */
export function mobilenetV2({
  alpha,
  size,
  batchStatisticsFrom = Number.POSITIVE_INFINITY,
}: MobileNetV2Options): Backbone {
  if (!(alpha > 0)) throw new RangeError(`Expected an alpha above 0. Received: ${alpha}`)
  if (!Number.isInteger(size) || size < 32)
    throw new RangeError(`Expected a size of at least 32 pixels. Received: ${size}`)
  const g = graphBuilder('mobilenet_v2')
  const layers: Layer[] = []
  const layer = (
    name: string,
    output: string,
    parameters: readonly string[] = [],
    buffers: readonly string[] = [],
  ): string => {
    layers.push({ index: layers.length, name, output, parameters, buffers })
    return output
  }
  const parameter = (name: string, shape: readonly number[]): string => g.input(name, 'float32', shape)
  const channelsOf = (value: string): number => g.info(value).shape[1] as number
  const sideOf = (value: string): number => g.info(value).shape[2] as number

  const conv = (name: string, x: string, filters: number, kernel: number, stride: number): string => {
    const w = parameter(`${name}/kernel`, [filters, channelsOf(x), kernel, kernel])
    const pads = stride === 2 ? stridedPads(sideOf(x), kernel) : [0, 0, 0, 0]
    return layer(name, g.add('Conv', [x, w], { strides: [stride, stride], pads }, name), [w])
  }
  const depthwise = (name: string, x: string, stride: number): string => {
    const group = channelsOf(x)
    const w = parameter(`${name}/depthwise_kernel`, [group, 1, 3, 3])
    const pads = stride === 2 ? stridedPads(sideOf(x), 3) : [1, 1, 1, 1]
    return layer(name, g.add('Conv', [x, w], { strides: [stride, stride], pads, group }, name), [w])
  }
  const normalise = (name: string, x: string): string => {
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(part =>
      parameter(`${name}/${part}`, [channelsOf(x)]),
    ) as [string, string, string, string]
    const inputs = [x, gamma, beta, mean, variance]
    const batch = layers.length >= batchStatisticsFrom
    // With momentum 0 the second and third outputs are the batch's own statistics.
    const attributes = { epsilon, momentum: batch ? 0 : 0.999, training_mode: batch ? 1 : 0 }
    const [y] = g.addMany('BatchNormalization', inputs, batch ? 3 : 1, attributes, name)
    return layer(name, y!, [gamma, beta], [mean, variance])
  }
  const relu6 = (name: string, x: string): string =>
    layer(name, g.add('Clip', [x, g.constant('float32', [], [0]), g.constant('float32', [], [6])], {}, name))
  /** Keras pads before a strided convolution in a layer of its own; here the padding is part of the convolution. */
  const padLayer = (name: string, x: string): string => layer(name, x)

  const block = (
    name: string,
    x: string,
    channels: number,
    stride: number,
    expansion: number,
    expand: boolean,
  ): string => {
    const filters = scaledChannels(Math.trunc(channels * alpha))
    let y = x
    if (expand) {
      y = conv(`${name}expand`, y, expansion * channelsOf(x), 1, 1)
      y = relu6(`${name}expand_relu`, normalise(`${name}expand_BN`, y))
    }
    if (stride === 2) y = padLayer(`${name}pad`, y)
    y = relu6(
      `${name}depthwise_relu`,
      normalise(`${name}depthwise_BN`, depthwise(`${name}depthwise`, y, stride)),
    )
    y = normalise(`${name}project_BN`, conv(`${name}project`, y, filters, 1, 1))
    return stride === 1 && channelsOf(x) === filters
      ? layer(`${name}add`, g.add('Add', [x, y], {}, `${name}add`))
      : y
  }

  let x = layer('input_1', g.input('image', 'float32', ['N', 3, size, size]))
  x = conv('Conv1', padLayer('Conv1_pad', x), scaledChannels(32 * alpha), 3, 2)
  x = relu6('Conv1_relu', normalise('bn_Conv1', x))
  let count = 0
  for (const { channels, repeats, stride, expansion } of stages) {
    for (let repeat = 0; repeat < repeats; repeat++, count++) {
      const name = count === 0 ? 'expanded_conv_' : `block_${count}_`
      x = block(name, x, channels, repeat === 0 ? stride : 1, expansion, count > 0)
    }
  }
  x = conv('Conv_1', x, alpha > 1 ? scaledChannels(1280 * alpha) : 1280, 1, 1)
  x = relu6('out_relu', normalise('Conv_1_bn', x))
  return { graph: g.build([x]), input: 'image', output: x, layers }
}

/** TensorFlow's SAME padding before a stride of 2, as Keras' `correct_pad`: an even side is padded at its end only. */
function stridedPads(side: number, kernel: number): number[] {
  const after = Math.floor(kernel / 2)
  const before = after - (1 - (side % 2))
  return [before, before, after, after]
}
