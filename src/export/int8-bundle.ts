/** A bundle's graph with its network in whole numbers of 8 bits: pixels go in as they are. */
import { bundleNames, networkNames } from '../bundle/bundle-graph.ts'
import { addFitBytes, addStoredScale, storedPixels } from '../bundle/fit-graph.ts'
import type { Bundle } from '../bundle/load-bundle.ts'
import { graphBuilder } from '../graph/builder.ts'
import { subgraph } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { addInt8, storedValues } from './int8-graph.ts'
import type { Statistics } from './statistics.ts'

/** The values of a bundle's graph, float32 [N, C, H, W] each, whose statistics the graph in whole numbers needs. */
export function valuesToMeasure({ graph }: Bundle): string[] {
  return [networkNames.input, ...storedValues(networkOf(graph))]
}

/** @param statistics of each of `valuesToMeasure` */
export function int8Graph({ graph, facts }: Bundle, statistics: ReadonlyMap<string, Statistics>): Graph {
  const network = networkOf(graph)
  const reserved = new Set([
    ...network.initializers.keys(),
    ...network.nodes.flatMap(({ outputs }) => outputs),
  ])
  const g = graphBuilder(graph.name, undefined, reserved)
  const image = g.input(bundleNames.input, 'uint8', ['N', 'H', 'W', 3])
  const pixels = addStoredScale(g, addFitBytes(g, image, facts.preprocessing, 'NHWC'), 'NHWC')
  addInt8(g, network, { ...storedPixels, name: pixels }, statistics)
  return g.build(network.outputs.map(({ name }) => name))
}

/** From the scaled picture to all that the bundle gives. */
function networkOf(graph: Graph): Graph {
  return subgraph(
    graph,
    [networkNames.input],
    graph.outputs.map(({ name }) => name),
  )
}
