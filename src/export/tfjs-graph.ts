/** The layers of an exported model as a graph again: what its files say, whatever they were made from. */
import { z } from 'zod'
import { type GraphBuilder, graphBuilder } from '../graph/builder.ts'
import type { Graph, Tensor } from '../graph/types.ts'

const layer = z.object({
  class_name: z.string(),
  name: z.string(),
  config: z.object({
    batch_input_shape: z.array(z.int().nullable()).length(4).optional(),
    padding: z.union([z.enum(['same', 'valid']), z.array(z.array(z.int()).length(2)).length(2)]).optional(),
    strides: z.array(z.int()).length(2).optional(),
    dilation_rate: z.array(z.int()).length(2).optional(),
    max_value: z.number().optional(),
  }),
  inbound_nodes: z.array(z.array(z.tuple([z.string(), z.literal(0), z.literal(0), z.object({})]))).max(1),
})
const topology = z.object({
  modelTopology: z.object({ config: z.object({ layers: z.array(layer).min(2) }) }),
})
type Layer = z.infer<typeof layer>

/** The graph under construction, a layer's weights by their names in it, and the values that it reads. */
interface Step {
  readonly g: GraphBuilder
  weight(name: string): string
  readonly from: readonly string[]
}

const conversions: Readonly<Record<string, (layer: Layer, step: Step) => string>> = {
  Add: (_layer, { g, from }) => g.add('Add', from),
  Conv2D: (layer, step) => convolved(layer, step, 'kernel'),
  Dense: (_layer, { g, from: [x], weight }) =>
    g.add('Softmax', [g.add('Gemm', [x!, weight('kernel'), weight('bias')])], { axis: 1 }, 'probabilities'),
  DepthwiseConv2D: (layer, step) => convolved(layer, step, 'depthwise_kernel'),
  GlobalAveragePooling2D: (_layer, { g, from }) => g.add('Flatten', [g.add('GlobalAveragePool', from)]),
  GlobalMaxPooling2D: (_layer, { g, from }) => g.add('Flatten', [g.add('GlobalMaxPool', from)]),
  InputLayer: ({ config }, { g }) => {
    const [, height, width, channels] = config.batch_input_shape!
    return planesOf(g, g.input('pixels', 'float32', ['N', height!, width!, channels!]))
  },
  ReLU: ({ config }, { g, from: [x] }) =>
    config.max_value === undefined
      ? g.add('Relu', [x!])
      : g.add('Clip', [x!, g.constant('float32', [], [0]), g.constant('float32', [], [config.max_value])]),
  ZeroPadding2D: ({ config }, { g, from: [x] }) => {
    const [[top, bottom], [left, right]] = config.padding as [[number, number], [number, number]]
    return g.add('Pad', [x!, g.constant('int64', [8], [0, 0, top, left, 0, 0, bottom, right])])
  },
}

/**
 * @param json the text of `model.json`
 * @param weights by layer and name, in the layouts of ONNX
 * @returns from `pixels`, float32 [N, H, W, 3], to `probabilities`, float32 [N, K]
 * @throws ZodError or RangeError when the layers are none that an export has
 */
export function graphOfLayers(json: string, weights: ReadonlyMap<string, Tensor>): Graph {
  const { layers } = topology.parse(JSON.parse(json)).modelTopology.config
  const g = graphBuilder('layers')
  const values = new Map<string, string>()
  for (const layer of layers) {
    const convert = conversions[layer.class_name]
    if (convert === undefined)
      throw new RangeError(`the layer ${layer.class_name} "${layer.name}" is unknown`)
    const weight = (name: string): string => {
      const key = `${layer.name}/${name}`
      return g.initializer(key, weights.get(key)!)
    }
    const from = layer.inbound_nodes.flat().map(([name]) => values.get(name)!)
    values.set(layer.name, convert(layer, { g, weight, from }))
  }
  return g.build([values.get(layers.at(-1)!.name)!])
}

/** [N, H, W, C] -> [N, C, H, W] */
function planesOf(g: GraphBuilder, pixels: string): string {
  return g.add('Transpose', [pixels], { perm: [0, 3, 1, 2] })
}

function convolved({ class_name, config }: Layer, { g, weight, from: [x] }: Step, name: string): string {
  const kernel = weight(name)
  const [filters, , height, width] = g.info(kernel).shape as number[]
  const [strides, dilations] = [config.strides!, config.dilation_rate!]
  // With strides of 1, TensorFlow's `same` is half the kernel's reach on each side.
  const reach = [height!, width!].map((size, axis) => (dilations[axis]! * (size - 1)) / 2)
  const pads = config.padding === 'same' ? [...reach, ...reach] : [0, 0, 0, 0]
  const group = class_name === 'DepthwiseConv2D' ? filters! : 1
  return g.add('Conv', [x!, kernel, weight('bias')], { strides, dilations, pads, group })
}
