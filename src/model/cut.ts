/** Where to cut a network: what lies before the cut is frozen and runs once per image, what lies behind it is trained. */
import { elementCount } from '../graph/dims.ts'
import type { Graph, Node } from '../graph/types.ts'

/** A value that everything trained is computed from. */
export interface Cut {
  readonly value: string
  /** Of one example, without the batch axis. */
  readonly shape: readonly number[]
}

/**
 * What decides between a wide value late in the network and a narrow one before it: nanoseconds to fetch one number
 * from the cache, and to compute one multiply-add again in every epoch. Measured on 2 cores of an AMD EPYC.
 */
const nanoseconds = { number: 4, multiplyAdd: 0.02 }

/**
 * The cheapest value to cut at.
 *
 * Candidates are the values that every path from the input to the outputs passes, before the first use of anything
 * trained. The cost of one is that of fetching it, and of running again what is frozen behind it.
 *
 * @param trained initializers or inputs that are to be trained
 * @param input the input that carries the image
 */
export function chooseCut(graph: Graph, trained: ReadonlySet<string>, input: string): Cut {
  const candidates = passedByAllPaths(graph, trained, input)
  const total = candidates.at(-1)!.before
  const cost = ({ value, before }: Candidate): number =>
    nanoseconds.number * elementCount(exampleShape(graph, value)) + nanoseconds.multiplyAdd * (total - before)
  const best = candidates.reduce((a, b) => (cost(b) <= cost(a) ? b : a))
  return { value: best.value, shape: exampleShape(graph, best.value) }
}

interface Candidate {
  readonly value: string
  /** Multiply-adds of one example up to and with this value. */
  readonly before: number
}

/** Walks the nodes, keeping the values that depend on the input and are still needed: a cut is where one remains. */
function passedByAllPaths(graph: Graph, trained: ReadonlySet<string>, input: string): Candidate[] {
  const lastUse = new Map<string, number>()
  graph.nodes.forEach((node, at) => {
    for (const value of node.inputs) lastUse.set(value, at)
  })
  for (const { name } of graph.outputs) lastUse.set(name, graph.nodes.length)
  const live = new Set([input])
  const candidates: Candidate[] = [{ value: input, before: 0 }]
  let before = 0
  for (const [at, node] of graph.nodes.entries()) {
    if (node.inputs.some(value => trained.has(value))) break
    if (!node.inputs.some(value => live.has(value))) continue
    before += multiplyAdds(node, graph)
    for (const output of node.outputs) if (lastUse.has(output)) live.add(output)
    for (const value of live) if ((lastUse.get(value) ?? -1) <= at) live.delete(value)
    if (live.size === 1) candidates.push({ value: [...live][0]!, before })
  }
  return candidates
}

/** Multiply-adds of one example; operators without products count one an element. */
export function multiplyAdds(node: Node, graph: Graph): number {
  const output = elementCount(exampleShape(graph, node.outputs[0]!))
  if (node.op === 'Conv')
    return output * elementCount(graph.values.get(node.inputs[1]!)!.shape.slice(1) as number[])
  if (node.op === 'Gemm') return output * (graph.values.get(node.inputs[0]!)!.shape[1] as number)
  return output
}

function exampleShape(graph: Graph, value: string): readonly number[] {
  const { shape } = graph.values.get(value)!
  return (typeof shape[0] === 'string' ? shape.slice(1) : shape) as readonly number[]
}
