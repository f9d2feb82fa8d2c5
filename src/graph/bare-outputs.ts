/** Outputs that are only another value's elements in another shape, given as that value. */
import { prune, useCounts } from './transforms.ts'
import type { Graph, Node, ValueInfo } from './types.ts'

/**
 * The graph with some outputs of the same names and elements, whose shapes may be others: where one is only reshaped
 * from a value that nothing else uses, that value becomes the output. The engine copies what it reshapes into an
 * output, and the gradient of a 1x1 kernel, [M, K, 1, 1], is a product [M, K].
 */
export function bareOutputs(graph: Graph, names: readonly string[]): Graph {
  const uses = useCounts(graph)
  const producers = new Map(graph.nodes.flatMap(node => node.outputs.map(output => [output, node] as const)))
  const renamed = new Map<string, string>()
  for (const name of names) {
    const source = sourceOf(name, producers, uses)
    if (source !== name && producers.has(source)) renamed.set(source, name)
  }
  const outputs = new Set(renamed.values())
  const nodes = graph.nodes
    .filter(node => !node.outputs.some(output => outputs.has(output)))
    .map(node => ({ ...node, outputs: node.outputs.map(output => renamed.get(output) ?? output) }) as Node)
  const values = new Map(graph.values)
  for (const [source, name] of renamed) values.set(name, { ...graph.values.get(source)!, name })
  for (const source of renamed.keys()) values.delete(source)
  const infoOf = ({ name }: ValueInfo): ValueInfo => values.get(name)!
  return prune({ ...graph, nodes, values, outputs: graph.outputs.map(infoOf) })
}

/** Back through reshapes and identities as long as nothing else needs what lies before. */
function sourceOf(
  name: string,
  producers: ReadonlyMap<string, Node>,
  uses: ReadonlyMap<string, number>,
): string {
  for (let value = name; ; ) {
    const node = producers.get(value)
    if (node?.op !== 'Reshape' && node?.op !== 'Identity') return value
    const before = node.inputs[0]!
    if (uses.get(before) !== 1 || !producers.has(before)) return value
    value = before
  }
}
