/** Batch norm after a widening 1x1 convolution, computed from what goes into the convolution instead of what comes out. */
import { type GraphBuilder, graphBuilder } from './builder.ts'
import { nodeless, useCounts } from './transforms.ts'
import type { Graph, Node } from './types.ts'
import { isPointwise, planeOf } from './windows.ts'

/** What is known of the inputs of a normalised convolution: their means and covariances, over batch and pixels. */
interface InputMoments {
  /** [K, 1] */
  readonly mean: string
  /** [K, K] */
  readonly covariance: string
}

/**
 * Every BatchNormalization over its batch's statistics that follows a widening 1x1 convolution, and nobody else reads
 * in between, becomes part of that convolution: for Y = W X, mean(Y) = W mean(X) and var(Y) = diag(W cov(X) W'), and
 * with them W and bias are folded as those of given statistics are.
 *
 * The wide array is then written once, and read by nothing but what follows; the gradients through mean and variance
 * reach X by the small matrices. Same numbers up to rounding: the covariance's error is relative to the mean's square.
 */
export function statisticsFromInputs(graph: Graph): Graph {
  const folded = foldable(graph)
  const convolutions = new Set<Node>(folded.values())
  const g = graphBuilder(graph.name, { ...graph, nodes: [], values: nodeless(graph) }, graph.values)
  for (const node of graph.nodes) {
    const conv = folded.get(node)
    if (conv) normaliseByInputs(g, conv, node as Node<'BatchNormalization'>)
    else if (!convolutions.has(node)) g.append(node)
  }
  return g.build(graph.outputs.map(({ name }) => name))
}

/** Normalisations to fold, and the convolutions before them. */
function foldable(graph: Graph): Map<Node, Node<'Conv'>> {
  const uses = useCounts(graph)
  const producers = new Map(graph.nodes.map(node => [node.outputs[0]!, node]))
  const found = new Map<Node, Node<'Conv'>>()
  for (const node of graph.nodes) {
    if (node.op !== 'BatchNormalization' || !node.attributes.training_mode) continue
    const before = producers.get(node.inputs[0]!)
    if (before?.op !== 'Conv' || before.inputs.length > 2 || uses.get(before.outputs[0]!) !== 1) continue
    if (isWidening(graph, before)) found.set(node, before)
  }
  return found
}

/** Whether the inputs are so few, and their pixels so many, that their covariance costs little beside the product. */
function isWidening({ values }: Graph, { inputs: [x, w], attributes }: Node<'Conv'>): boolean {
  const [filters, channels] = values.get(w!)!.shape as readonly number[]
  return (
    isPointwise(values.get(w!)!.shape, attributes) &&
    filters! >= 2 * channels! &&
    channels! <= 4 * planeOf(values.get(x!)!.shape)
  )
}

function normaliseByInputs(
  g: GraphBuilder,
  { inputs: [x, w], ...conv }: Node<'Conv'>,
  { inputs: [, scale, bias], outputs, attributes, name }: Node<'BatchNormalization'>,
): void {
  const [filters, channels] = g.info(w!).shape as readonly number[]
  const shaped = (value: string, ...shape: number[]): string =>
    g.add('Reshape', [value, g.constant('int64', [shape.length], shape)])
  const named = (value: string, output: string | undefined): string => {
    const label = output ?? `${name}/moment`
    g.append({ op: 'Identity', name: label, inputs: [value], outputs: [label], attributes: {} })
    return label
  }
  const { mean, covariance } = momentsOf(g, x!, channels!, shaped)
  const rows = shaped(w!, filters!, channels!)
  const average = named(shaped(g.add('MatMul', [rows, mean]), filters!), outputs[1])
  const spread = g.add('Mul', [g.add('MatMul', [rows, covariance]), rows])
  const last = g.constant('int64', [1], [1])
  const variance = named(g.add('ReduceSum', [spread, last], { keepdims: 0 }), outputs[2])
  const epsilon = g.constant(g.info(variance).dtype, [], [attributes.epsilon])
  const factor = g.add('Div', [scale!, g.add('Sqrt', [g.add('Add', [variance, epsilon])])])
  const kernel = g.add('Mul', [w!, shaped(factor, filters!, 1, 1, 1)])
  const shift = g.add('Sub', [bias!, g.add('Mul', [average, factor])])
  g.append({ ...conv, inputs: [x!, kernel, shift], outputs: [outputs[0]!] })
}

function momentsOf(
  g: GraphBuilder,
  x: string,
  channels: number,
  shaped: (value: string, ...shape: number[]) => string,
): InputMoments {
  const { dtype } = g.info(x)
  const axes = g.constant('int64', [3], [0, 2, 3])
  const mean = shaped(g.add('ReduceMean', [x, axes], { keepdims: 0 }), channels, 1)
  const products = g.add('ConvKernelGradient', [x, x], { kernel_shape: [1, 1] })
  const perChannel = g.add('Div', [g.add('Size', [x]), g.constant('int64', [], [channels])])
  const pixels = g.add('Cast', [perChannel], { to: dtype === 'float64' ? 11 : 1 })
  const second = g.add('Div', [shaped(products, channels, channels), pixels])
  const squares = g.add('MatMul', [mean, shaped(mean, 1, channels)])
  return { mean, covariance: g.add('Sub', [second, squares]) }
}
