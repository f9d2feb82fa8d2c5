/** A network's graph as layers of Keras, which TensorFlow.js calls a layers model. */
import { numbersOf } from '../graph/tensor.ts'
import type { Graph, Node } from '../graph/types.ts'
import { convolutionLayers } from './keras-convolution.ts'
import { channelsLast, type KerasLayer, kerasLayer, kerasWeight } from './keras-layer.ts'

/** The layers for a node, from those that it reads; none for one that changes nothing where channels are last. */
type Conversion<K extends Node['op']> = (
  node: Node<K>,
  from: readonly string[],
  network: Graph,
) => KerasLayer[]

const conversions: { readonly [K in Node['op']]?: Conversion<K> } = {
  Add: ({ name }, from) => [kerasLayer('Add', name, from)],
  Clip: bounded,
  Conv: (node, [from], network) => convolutionLayers(network, node, from!),
  Flatten: () => [],
  Gemm: dense,
  GlobalAveragePool: (_node, from) => [
    kerasLayer('GlobalAveragePooling2D', 'global_average_pooling2d', from, channelsLast),
  ],
  GlobalMaxPool: (_node, from) => [
    kerasLayer('GlobalMaxPooling2D', 'global_max_pooling2d', from, channelsLast),
  ],
  Relu: ({ name }, from) => [kerasLayer('ReLU', name, from)],
}

/**
 * The layers of a network, in an order in which what each one reads comes before it: InputLayer first, Dense last.
 *
 * @param network from one input, float32 [N, 3, size, size], through convolutions, ReLUs, sums and a global pooling to
 *   the matrix product of its head
 * @throws RangeError when an operator, or a form of it, has no layer in Keras
 */
export function kerasLayers(network: Graph): KerasLayer[] {
  const [input] = network.inputs
  const layers = [inputLayer(input!.shape as readonly number[])]
  const givenBy = new Map([[input!.name, layers[0]!.name]])
  for (const node of network.nodes) {
    const convert = conversions[node.op] as Conversion<Node['op']> | undefined
    if (convert === undefined) throw new RangeError(`the operator ${node.op} of "${node.name}" has no layer`)
    const from = node.inputs.flatMap(value => givenBy.get(value) ?? [])
    const added = convert(node, from, network)
    layers.push(...added)
    givenBy.set(node.outputs[0]!, added.at(-1)?.name ?? from[0]!)
  }
  return layers
}

/** [N, C, H, W] as the shape [null, H, W, C]. */
function inputLayer([, channels, height, width]: readonly number[]): KerasLayer {
  const batch_input_shape = [null, height, width, channels]
  return kerasLayer('InputLayer', 'input_1', [], { batch_input_shape, dtype: 'float32', sparse: false })
}

function bounded(
  { name, inputs: [, low, high] }: Node<'Clip'>,
  from: readonly string[],
  { initializers }: Graph,
): KerasLayer[] {
  const [least, most] = [low, high].map(bound => {
    const value = initializers.get(bound ?? '')
    return value && numbersOf(value)[0]
  })
  if (least !== 0) throw new RangeError(`"${name}" is bounded by ${least ?? 'nothing'} below, a ReLU by 0`)
  return [kerasLayer('ReLU', name, from, most === undefined ? {} : { max_value: most })]
}

/** The head; Keras calls it `predictions` in the models that it publishes. */
function dense(
  { name, inputs: [, w, b], attributes }: Node<'Gemm'>,
  from: readonly string[],
  { initializers }: Graph,
): KerasLayer[] {
  const [kernel, bias] = [initializers.get(w!)!, initializers.get(b ?? '')]
  if (attributes.transA || attributes.transB || attributes.alpha !== 1 || attributes.beta !== 1)
    throw new RangeError(`the product "${name}" is transposed or scaled`)
  const weights = [kerasWeight('kernel', kernel), ...(bias ? [kerasWeight('bias', bias)] : [])]
  const config = { units: kernel.shape[1]!, activation: 'linear', use_bias: bias !== undefined }
  return [kerasLayer('Dense', 'predictions', from, config, weights)]
}
