/** The whole model as one graph: pixels in, probabilities out. */
import { type GraphBuilder, graphBuilder } from '../graph/builder.ts'
import { foldConstants } from '../graph/fold-constants.ts'
import { tensorOf } from '../graph/tensor.ts'
import { bind, foldBatchNormalization } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { type Activation, headNames, withHead } from '../model/head.ts'
import { addFit, addScale } from './fit-graph.ts'
import type { BundleParts } from './parts.ts'

/** The names of a bundle's input, uint8 [N, H, W, 3], and output, float32 [N, K]: part of the format. */
export const bundleNames = { input: 'image', output: 'probabilities' } as const

/**
 * Fit, scale, network, temperature, softmax or sigmoid; the weights are constants, batch norm is folded into them.
 *
 * @throws RangeError when the parts do not fit together
 */
export function bundleGraph(parts: BundleParts): Graph {
  const network = foldConstants(foldBatchNormalization(boundNetwork(parts)))
  const g = graphBuilder('graft', undefined, network.values)
  const image = g.input(bundleNames.input, 'uint8', ['N', 'H', 'W', 3])
  const x = addScale(g, addFit(g, image, parts.preprocessing))
  const inside = new Map([[parts.backbone.input, x]])
  for (const [name, value] of network.initializers) g.initializer(name, value)
  for (const node of network.nodes)
    g.append({ ...node, inputs: node.inputs.map(input => inside.get(input) ?? input) })
  addProbabilities(g, parts.head.activation, parts.temperature ?? 1)
  return g.build([bundleNames.output])
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

/** Logits [N, K], or [N, 1] for the second of two classes -> probabilities [N, K]. */
function addProbabilities(g: GraphBuilder, activation: Activation, temperature: number): void {
  const divisor = g.initializer('temperature', tensorOf('float32', [], [temperature]))
  const logits = g.add('Div', [headNames.logits, divisor], {}, 'calibrated')
  if (activation === 'softmax') {
    g.add('Softmax', [logits], { axis: 1 }, bundleNames.output)
    return
  }
  // 1 - sigmoid(z) = sigmoid(-z), which keeps its digits where sigmoid(z) is next to 1.
  const both = g.add('Concat', [g.add('Neg', [logits], {}, 'opposite'), logits], { axis: 1 }, 'both')
  g.add('Sigmoid', [both], {}, bundleNames.output)
}
