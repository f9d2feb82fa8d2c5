/**
 * A network in whole numbers of 8 bits.
 *
 * ONNX says it by pairs of QuantizeLinear and DequantizeLinear around what is stored; an engine computes what lies
 * between them in whole numbers (Jacob et al. 2018, section 2; in ONNX Runtime, QLinearConv).
 */
import type { GraphBuilder } from '../graph/builder.ts'
import type { Graph, Node } from '../graph/types.ts'
import { type Scale, scaleOf } from './int8-numbers.ts'
import { convolutionInt8, productInt8, type StoredValue } from './int8-weights.ts'
import type { Statistics } from './statistics.ts'

/** A node whose result is stored, the Clip or Relu that is all its output goes through, and the result's name. */
interface Step {
  readonly node: Node<'Conv'> | Node<'Add'>
  readonly bound: Node | undefined
  readonly value: string
}

/** The values that are stored: what convolutions and sums give. */
export function storedValues(network: Graph): string[] {
  return stepsOf(network).map(({ value }) => value)
}

/**
 * Adds a network to a graph, its values under the names that they have.
 *
 * @param network convolutions, bounds and sums, then anything; all weights are constants
 * @param input what the network reads, which the graph has already
 * @param statistics of the input and of each of `storedValues`
 */
export function addInt8(
  g: GraphBuilder,
  network: Graph,
  input: StoredValue,
  statistics: ReadonlyMap<string, Statistics>,
): void {
  const steps = new Map<Node, Step>(stepsOf(network).map(step => [step.node, step]))
  const bounds = new Set([...steps.values()].map(({ bound }) => bound))
  const stored = new Map([[input.name, input]])
  for (const [name, value] of network.initializers) g.initializer(name, value)
  for (const node of network.nodes) {
    const step = steps.get(node)
    if (step) {
      const scale = scaleOf(statistics.get(step.value)!)
      addStep(g, step, scale, stored.get(node.inputs[0]!), statistics)
      stored.set(step.value, { ...scale, name: step.value, offset: 0 })
    } else if (!bounds.has(node)) g.append(node.op === 'Gemm' ? productInt8(g, node) : node)
  }
}

function stepsOf(network: Graph): Step[] {
  const users = new Map<string, Node[]>()
  for (const node of network.nodes)
    for (const input of node.inputs) users.set(input, [...(users.get(input) ?? []), node])
  return network.nodes.flatMap(node => {
    if (node.op !== 'Conv' && node.op !== 'Add') return []
    const next = users.get(node.outputs[0]!) ?? []
    const bound = next.length === 1 && isBound(network, next[0]!) ? next[0] : undefined
    return [{ node, bound, value: (bound ?? node).outputs[0]! }]
  })
}

/** Whether storing does what the node does: what is stored reaches from the least to the most that was seen, and 0. */
function isBound({ initializers }: Graph, { op, inputs: [, low, high] }: Node): boolean {
  if (op === 'Relu') return true
  const [least, most] = [low, high].map(name => Number(initializers.get(name ?? '')?.data[0]))
  return op === 'Clip' && least! <= 0 && most! >= 0
}

function addStep(
  g: GraphBuilder,
  { node, value }: Step,
  { scale, zeroPoint }: Scale,
  input: StoredValue | undefined,
  statistics: ReadonlyMap<string, Statistics>,
): void {
  const computed =
    node.op === 'Conv' && input ? convolutionInt8(g, node, input, statistics.get(input.name)!) : node
  const exact = `${value}/exact`
  g.append({ ...computed, outputs: [exact] })
  const how = [g.constant('float32', [], [scale]), g.constant('uint8', [], [zeroPoint])]
  const bytes = g.add('QuantizeLinear', [exact, ...how], {}, `${value}/bytes`)
  const attributes = { axis: 1 }
  const [name, inputs, outputs] = [`${value}/real`, [bytes, ...how], [value]]
  g.append({ op: 'DequantizeLinear', name, inputs, outputs, attributes })
}
