/** Graphs made from graphs: parts, bindings and simplifications. All keep the names of the values they keep. */
import { graphBuilder } from './builder.ts'
import type { Graph, Node, Tensor } from './types.ts'

/** The graph without the nodes and initializers that no output needs. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(({ name }) => name))
  const nodes: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => needed.has(output))) continue
    for (const input of node.inputs) needed.add(input)
    nodes.push(node)
  }
  const initializers = [...graph.initializers].filter(([name]) => needed.has(name))
  return { ...graph, nodes: nodes.reverse(), initializers: new Map(initializers) }
}

/** How often each value is read, by nodes and as an output. */
export function useCounts({ nodes, outputs }: Graph): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  for (const name of [...nodes.flatMap(node => node.inputs), ...outputs.map(output => output.name)])
    uses.set(name, (uses.get(name) ?? 0) + 1)
  return uses
}

/**
 * The part of a graph between some values and some outputs. The values become inputs; of the graph's own inputs
 * and initializers those remain that the part uses.
 *
 * @throws RangeError when the graph has no value of such a name
 */
export function subgraph(graph: Graph, from: readonly string[], outputs: readonly string[]): Graph {
  const cut = new Set(from)
  const infoOf = (name: string) => {
    const value = graph.values.get(name)
    if (value === undefined) throw new RangeError(`The graph "${graph.name}" has no value "${name}"`)
    return value
  }
  const nodes = graph.nodes.filter(node => !node.outputs.some(output => cut.has(output)))
  const part = prune({ ...graph, nodes, outputs: outputs.map(infoOf) })
  const used = new Set([...part.nodes.flatMap(node => node.inputs), ...outputs])
  const kept = graph.inputs.filter(({ name }) => used.has(name) && !cut.has(name))
  return { ...part, inputs: [...from.map(infoOf), ...kept] }
}

/**
 * The graph with some inputs given as constants.
 *
 * @throws RangeError when a tensor's shape is not the input's
 */
export function bind(graph: Graph, tensors: ReadonlyMap<string, Tensor>): Graph {
  for (const { name, shape } of graph.inputs) {
    const value = tensors.get(name)
    if (value && value.shape.join() !== shape.join()) {
      throw new RangeError(`Expected [${shape}] for "${name}". Received: [${value.shape}]`)
    }
  }
  const inputs = graph.inputs.filter(({ name }) => !tensors.has(name))
  const bound = graph.inputs.flatMap(({ name }) =>
    tensors.has(name) ? [[name, tensors.get(name)!] as const] : [],
  )
  return { ...graph, inputs, initializers: new Map([...graph.initializers, ...bound]) }
}

/**
 * The reverse of {@link bind}: the graph with some initializers as inputs, so that training can change them, and
 * what they held.
 *
 * @throws RangeError when the graph has no initializer of such a name
 */
export function unbind(
  graph: Graph,
  names: readonly string[],
): { graph: Graph; tensors: Map<string, Tensor> } {
  const tensors = new Map<string, Tensor>()
  for (const name of names) {
    const value = graph.initializers.get(name)
    if (value === undefined) throw new RangeError(`The graph "${graph.name}" has no initializer "${name}"`)
    tensors.set(name, value)
  }
  const inputs = [...tensors.keys()].map(name => graph.values.get(name)!)
  const initializers = new Map([...graph.initializers].filter(([name]) => !tensors.has(name)))
  return { graph: { ...graph, inputs: [...graph.inputs, ...inputs], initializers }, tensors }
}

/**
 * Every BatchNormalization with given statistics whose input is a convolution's, and nobody else's, becomes part
 * of that convolution: W' = W s and b' = (b - mean) s + bias, where s = scale / sqrt(variance + epsilon).
 *
 * The folding is arithmetic of the graph, so gradients flow through it to W, scale and bias, at the cost of
 * arrays of the weights' size.
 */
export function foldBatchNormalization(graph: Graph): Graph {
  const uses = useCounts(graph)
  const producers = new Map(graph.nodes.map(node => [node.outputs[0]!, node]))
  const folded = new Map<Node, Node<'Conv'>>()
  for (const node of graph.nodes) {
    const before = producers.get(node.inputs[0]!)
    if (node.op !== 'BatchNormalization' || node.attributes.training_mode || before?.op !== 'Conv') continue
    if (uses.get(before.outputs[0]!) === 1) folded.set(node, before)
  }
  const convolutions = new Set<Node>(folded.values())
  const g = graphBuilder(graph.name, { ...graph, nodes: [], values: nodeless(graph) })
  for (const node of graph.nodes) {
    const conv = folded.get(node)
    if (conv) foldInto(g, conv, node as Node<'BatchNormalization'>)
    else if (!convolutions.has(node)) g.append(node)
  }
  return g.build(graph.outputs.map(({ name }) => name))
}

/** What is known of inputs and initializers alone. */
export function nodeless(graph: Graph): Graph['values'] {
  const names = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()])
  return new Map([...graph.values].filter(([name]) => names.has(name)))
}

function foldInto(
  g: ReturnType<typeof graphBuilder>,
  conv: Node<'Conv'>,
  { inputs: [, scale, bias, mean, variance], outputs, attributes, name }: Node<'BatchNormalization'>,
): void {
  const [x, w, convBias] = conv.inputs
  const epsilon = g.constant(g.info(variance!).dtype, [], [attributes.epsilon])
  const deviation = g.add(
    'Sqrt',
    [g.add('Add', [variance!, epsilon], {}, `${name}/shifted`)],
    {},
    `${name}/deviation`,
  )
  const factor = g.add('Div', [scale!, deviation], {}, `${name}/factor`)
  const channels = g.info(w!).shape[0] as number
  const column = g.add(
    'Reshape',
    [factor, g.constant('int64', [4], [channels, 1, 1, 1])],
    {},
    `${name}/column`,
  )
  const weight = g.add('Mul', [w!, column], {}, `${name}/kernel`)
  const centre = convBias ? g.add('Sub', [mean!, convBias], {}, `${name}/centre`) : mean!
  const shift = g.add('Sub', [bias!, g.add('Mul', [centre, factor], {}, `${name}/moved`)], {}, `${name}/bias`)
  g.append({ ...conv, inputs: [x!, weight, shift], outputs: [outputs[0]!] })
}
