/** The whole model as one graph: pixels in, probabilities out. */
import { type GraphBuilder, graphBuilder } from '../graph/builder.ts'
import { foldConstants } from '../graph/fold-constants.ts'
import { tensorOf } from '../graph/tensor.ts'
import { bind, foldBatchNormalization } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { headNames, withHead } from '../model/head.ts'
import { addUnfamiliarity } from './familiar.ts'
import { addFit, addScale } from './fit-graph.ts'
import type { BundleParts } from './parts.ts'

/**
 * The names of a bundle's input, uint8 [N, H, W, 3], and outputs, float32 [N, K] and, where it can refuse, [N]: part of
 * the format.
 */
export const bundleNames = {
  input: 'image',
  output: 'probabilities',
  unfamiliarity: 'unfamiliarity',
} as const

/**
 * The names inside of a bundle between which its network is: the scaled picture, float32 [N, 3, size, size], and the
 * logits divided by the temperature, float32 [N, K], or [N, 1] for the second of two classes.
 */
export const networkNames = { input: 'scale/planes', output: 'calibrated' } as const

/** The name of the constant, float32 [], that the logits are divided by. */
export const temperatureName = 'temperature'

/**
 * Fit, scale, network, temperature, softmax or sigmoid; the weights are constants, batch norm is folded into them.
 *
 * @throws RangeError when the parts do not fit together
 */
export function bundleGraph(parts: BundleParts): Graph {
  const network = foldConstants(foldBatchNormalization(boundNetwork(parts)))
  const g = graphBuilder('graft', undefined, network.values)
  const image = g.input(bundleNames.input, 'uint8', ['N', 'H', 'W', 3])
  const x = addScale(g, addFit(g, image, parts.preprocessing, 'NHWC'), 'NHWC')
  addGraph(g, network, new Map([[parts.backbone.input, x]]))
  const temperature = g.initializer(temperatureName, tensorOf('float32', [], [parts.temperature ?? 1]))
  const logits = g.add('Div', [headNames.logits, temperature], {}, networkNames.output)
  const output =
    parts.head.activation === 'softmax'
      ? g.add('Softmax', [logits], { axis: 1 }, bundleNames.output)
      : // 1 - sigmoid(z) = sigmoid(-z), which keeps its digits where sigmoid(z) is next to 1.
        g.add('Sigmoid', [addOpposite(g, logits)], {}, bundleNames.output)
  const { familiar } = parts
  if (familiar === undefined) return g.build([output])
  return g.build([output, addUnfamiliarity(g, headNames.pooled, familiar, bundleNames.unfamiliarity)])
}

/** [N, 1] of z -> [N, 2] of -z and z. */
export function addOpposite(g: GraphBuilder, logit: string): string {
  return g.add('Concat', [g.add('Neg', [logit], {}, 'opposite'), logit], { axis: 1 }, 'both')
}

/** Adds the nodes and constants of a graph, some of its names changed; its inputs have to be among these. */
export function addGraph(g: GraphBuilder, graph: Graph, renamed: ReadonlyMap<string, string>): void {
  const rename = (name: string): string => renamed.get(name) ?? name
  for (const [name, value] of graph.initializers) g.initializer(rename(name), value)
  for (const node of graph.nodes) {
    const [inputs, outputs] = [node.inputs.map(rename), node.outputs.map(rename)]
    g.append({ ...node, name: rename(node.name), inputs, outputs })
  }
}

/** Backbone and head with all their weights, and no input but the picture. */
function boundNetwork({ backbone, weights, head, preprocessing }: BundleParts): Graph {
  const { size } = preprocessing
  const whole = withHead(backbone.graph, backbone.output, head)
  const wanted = new Map(whole.inputs.map(input => [input.name, input]))
  const [, , height, width] = wanted.get(backbone.input)!.shape
  if (height !== size || width !== size)
    throw new RangeError(`Expected a backbone for ${size} x ${size} pixels. Received: ${height} x ${width}`)
  const missing = [...wanted.keys()].filter(name => name !== backbone.input && !weights.has(name))
  const unknown = [...weights.keys()].filter(name => !wanted.has(name))
  if (missing.length + unknown.length > 0)
    throw new RangeError(`Expected the network's weights. Missing: [${missing}], unknown: [${unknown}]`)
  if (whole.nodes.some(node => node.op === 'BatchNormalization' && node.attributes.training_mode))
    throw new RangeError('Expected batch norm with stored statistics. Received: batch statistics')
  return bind(whole, weights)
}
