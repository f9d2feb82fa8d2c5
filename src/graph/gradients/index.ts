/** Reverse-mode differentiation: from a graph with a loss to a graph that also gives the loss's gradients. */
import { type GraphBuilder, graphBuilder } from '../builder.ts'
import type { OpName } from '../ops.ts'
import type { Graph, Node } from '../types.ts'
import * as arrange from './arrange.ts'
import * as elementwise from './elementwise.ts'
import * as network from './network.ts'
import type { GradientRule } from './rule.ts'

/** Whole numbers and truth values: nothing flows back. */
const stops: GradientRule<OpName> = () => []

const unsupported: GradientRule<OpName> = ({ op, name }) => {
  throw new RangeError(`The operator ${op} of "${name}" has no gradient`)
}

/** Complete by type: an operator without a rule does not compile. */
const rules: { readonly [K in OpName]: GradientRule<K> } = {
  Abs: elementwise.abs,
  Add: elementwise.add,
  And: stops,
  AveragePool: network.averagePool,
  AveragePoolGradient: unsupported,
  BatchNormalization: network.batchNormalization,
  BatchNormalizationGradient: unsupported,
  Cast: elementwise.cast,
  CenterCropPad: unsupported,
  Clip: elementwise.clip,
  ClipGradient: unsupported,
  Concat: arrange.concat,
  Conv: network.conv,
  ConvInputGradient: unsupported,
  ConvKernelGradient: network.convKernelGradient,
  ConvTranspose: unsupported,
  DequantizeLinear: stops,
  Div: elementwise.div,
  Equal: stops,
  Exp: elementwise.exp,
  Expand: arrange.expand,
  Flatten: arrange.reshaped,
  Gemm: network.gemm,
  GlobalAveragePool: network.globalAveragePool,
  GlobalMaxPool: network.globalMaxPool,
  Greater: stops,
  HardSigmoid: elementwise.hardSigmoid,
  Identity: elementwise.identity,
  Less: stops,
  Log: elementwise.log,
  LogSoftmax: network.logSoftmax,
  MatMul: network.matMul,
  Max: elementwise.max,
  MaxPool: network.maxPool,
  MaxPoolGradient: unsupported,
  Min: elementwise.min,
  Mul: elementwise.mul,
  Neg: elementwise.neg,
  Pad: arrange.pad,
  QuantizeLinear: stops,
  Reciprocal: elementwise.reciprocal,
  ReduceMax: arrange.reduceMax,
  ReduceMean: arrange.reduceMean,
  ReduceSum: arrange.reduceSum,
  Relu: elementwise.relu,
  Reshape: arrange.reshaped,
  Resize: unsupported,
  Shape: stops,
  Sigmoid: elementwise.sigmoid,
  Sign: stops,
  Size: stops,
  Slice: arrange.slice,
  Softmax: network.softmax,
  Softplus: elementwise.softplus,
  Sqrt: elementwise.sqrt,
  Squeeze: arrange.reshaped,
  Sub: elementwise.sub,
  Tanh: elementwise.tanh,
  Transpose: arrange.transpose,
  Unsqueeze: arrange.reshaped,
  Where: elementwise.where,
}

/** The name of the value that holds a parameter's gradient. */
export function gradientName(parameter: string): string {
  return `gradient/${parameter}`
}

/**
 * The graph with one more output for each wanted value: the loss's gradient with respect to it, named by
 * {@link gradientName}. Only paths from a wanted value to the loss are walked.
 *
 * @param loss a float value with one element
 * @param wanted float values: inputs, initializers or what lies between
 * @throws RangeError when an operator on a path has no gradient, no path leads from a wanted value to the loss, or
 *   the graph has that gradient already
 */
export function withGradients(graph: Graph, loss: string, wanted: readonly string[]): Graph {
  const g = graphBuilder(graph.name, graph)
  for (const value of [loss, ...wanted]) requireFloat(g, value)
  const walked = pathNodes(graph, wanted)
  const gradients = new Map<string, string>([[loss, onesLike(g, loss)]])
  for (const node of graph.nodes.toReversed())
    if (walked.nodes.has(node)) stepBack(g, node, walked.values, gradients)
  const outputs = wanted.map(value => {
    const gradient = gradients.get(value)
    if (gradient === undefined) throw new RangeError(`No path leads from "${value}" to the loss "${loss}"`)
    const name = gradientName(value)
    g.append({ op: 'Identity', name, inputs: [gradient], outputs: [name], attributes: {} })
    return name
  })
  return g.build([...graph.outputs.map(output => output.name), ...outputs])
}

/** The nodes and values that a wanted value reaches, but for those through which nothing flows back. */
function pathNodes(graph: Graph, wanted: readonly string[]): { nodes: Set<Node>; values: Set<string> } {
  const values = new Set(wanted)
  const nodes = new Set<Node>()
  for (const node of graph.nodes) {
    if (rules[node.op] === stops || !node.inputs.some(input => values.has(input))) continue
    nodes.add(node)
    for (const output of node.outputs) values.add(output)
  }
  return { nodes, values }
}

/** Applies one node's rule and adds what it says to the gradients of the node's inputs. */
function stepBack(
  g: GraphBuilder,
  node: Node,
  walked: ReadonlySet<string>,
  gradients: Map<string, string>,
): void {
  const dY = gradients.get(node.outputs[0]!)
  if (dY === undefined) return
  const wants = (index: number): boolean => walked.has(node.inputs[index] ?? '')
  const found = (rules[node.op] as GradientRule<OpName>)(node, { g, dY, wants })
  found.forEach((gradient, index) => {
    const input = node.inputs[index]!
    if (gradient === undefined || !wants(index)) return
    const before = gradients.get(input)
    gradients.set(input, before === undefined ? gradient : g.add('Add', [before, gradient]))
  })
}

function requireFloat(g: GraphBuilder, value: string): void {
  const { dtype } = g.info(value)
  if (!dtype.startsWith('float'))
    throw new RangeError(`Expected a float value to differentiate by. Received: ${dtype} "${value}"`)
}

function onesLike(g: GraphBuilder, loss: string): string {
  const { dtype, shape } = g.info(loss)
  if (shape.some(dim => dim !== 1))
    throw new RangeError(`Expected a loss with one element. Received: [${shape}]`)
  return g.constant(dtype, shape as number[], [1])
}
