/** Graphs of sizes known only when they run, made into graphs of known ones. */
import { graphBuilder } from './builder.ts'
import type { Dim, Graph } from './types.ts'

/**
 * The graph with some of its named sizes given, and the shapes of all values inferred anew. Files often leave
 * height and width open, and gradients of convolutions need them.
 *
 * @param sizes numbers of elements by name, such as { H: 96, W: 96 }
 * @throws RangeError when no input has such a name, or the network does not fit the sizes
 */
export function withSizes(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  const given = new Map<Dim, number>(Object.entries(sizes))
  for (const name of given.keys()) {
    if (!graph.inputs.some(({ shape }) => shape.includes(name)))
      throw new RangeError(`No input of the graph "${graph.name}" has the named size "${name}"`)
  }
  const g = graphBuilder(graph.name)
  for (const { name, dtype, shape } of graph.inputs)
    g.input(
      name,
      dtype,
      shape.map(dim => given.get(dim) ?? dim),
    )
  for (const [name, value] of graph.initializers) g.initializer(name, value)
  for (const node of graph.nodes) g.append(node)
  return g.build(graph.outputs.map(({ name }) => name))
}
