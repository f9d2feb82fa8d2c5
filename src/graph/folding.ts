/** Batch norm folded into convolutions outside of the graph: the graph takes folded kernels and biases as inputs. */
import { graphBuilder } from './builder.ts'
import { nodeless, useCounts } from './transforms.ts'
import type { Graph, Node, Tensor } from './types.ts'

/**
 * A convolution's kernel and the batch norm behind it, which the graph takes as one kernel and one bias:
 * kernel * s and beta - mean * s, with a factor s = gamma / sqrt(variance + epsilon) for each output channel.
 */
export interface Folding {
  /** Names of what is folded: float32 [M, ...], [M] and [M]. */
  readonly kernel: string
  readonly gamma: string
  readonly beta: string
  /** [M], given */
  readonly mean: Tensor
  readonly variance: Tensor
  readonly epsilon: number
  /** Names of the graph's inputs in their place: [M, ...] and [M]. */
  readonly foldedKernel: string
  readonly foldedBias: string
}

export interface LiftedGraph {
  readonly graph: Graph
  readonly foldings: readonly Folding[]
}

type Pair = { readonly conv: Node<'Conv'>; readonly folding: Folding }

/**
 * Lifts batch norms out of a graph: where kernel, gamma and beta are inputs that nothing else uses, statistics are
 * constant and the convolution has no bias of its own. The others stay; `foldBatchNormalization` folds them within
 * the graph, so that gradients of the parts flow, at the cost of several passes over arrays of the kernels' size.
 */
export function liftBatchNormalization(graph: Graph): LiftedGraph {
  const pairs = pairsOf(graph)
  const convolutions = new Set<Node>([...pairs.values()].map(({ conv }) => conv))
  const foldings = [...pairs.values()].map(({ folding }) => folding)
  const replaced = new Set(foldings.flatMap(({ kernel, gamma, beta }) => [kernel, gamma, beta]))
  const inputs = graph.inputs.filter(({ name }) => !replaced.has(name))
  const g = graphBuilder(graph.name, { ...graph, inputs, nodes: [], values: nodeless({ ...graph, inputs }) })
  for (const { kernel, beta, foldedKernel, foldedBias } of foldings)
    for (const [name, like] of [
      [foldedKernel, kernel],
      [foldedBias, beta],
    ] as const)
      g.input(name, graph.values.get(like)!.dtype, graph.values.get(like)!.shape)
  for (const node of graph.nodes) {
    const pair = pairs.get(node)
    if (pair) g.append(joined(pair, node))
    else if (!convolutions.has(node)) g.append(node)
  }
  return { graph: g.build(graph.outputs.map(({ name }) => name)), foldings }
}

/** The names of parameters with the folded inputs in place of what is folded. */
export function liftedNames(parameters: readonly string[], foldings: readonly Folding[]): string[] {
  const folded = new Map(
    foldings.flatMap(({ kernel, gamma, beta, foldedKernel, foldedBias }) => [
      [kernel, [foldedKernel]],
      [gamma, []],
      [beta, [foldedBias]],
    ]),
  )
  return parameters.flatMap(name => folded.get(name) ?? [name])
}

/** By the batch norm's node. */
function pairsOf(graph: Graph): Map<Node, Pair> {
  const uses = useCounts(graph)
  const producers = new Map(graph.nodes.map(node => [node.outputs[0]!, node]))
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const isAlone = (name: string): boolean => inputs.has(name) && uses.get(name) === 1
  const pairs = new Map<Node, Pair>()
  for (const node of graph.nodes) {
    const conv = producers.get(node.inputs[0]!)
    if (node.op !== 'BatchNormalization' || node.attributes.training_mode || conv?.op !== 'Conv') continue
    const [x, gamma, beta] = node.inputs as [string, string, string]
    const [mean, variance] = node.inputs.slice(3).map(name => graph.initializers.get(name))
    const kernel = conv.inputs[1]!
    if (!mean || !variance || conv.inputs[2] || uses.get(x) !== 1) continue
    if (![kernel, gamma, beta].every(isAlone)) continue
    const { epsilon } = node.attributes
    const names = { foldedKernel: `${node.name}/kernel`, foldedBias: `${node.name}/bias` }
    pairs.set(node, { conv, folding: { kernel, gamma, beta, mean, variance, epsilon, ...names } })
  }
  return pairs
}

function joined({ conv, folding }: Pair, { outputs }: Node): Node<'Conv'> {
  const { foldedKernel, foldedBias } = folding
  return { ...conv, inputs: [conv.inputs[0]!, foldedKernel, foldedBias], outputs: [outputs[0]!] }
}
