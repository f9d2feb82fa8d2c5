/** What a network's values are on pictures: how far they reach, and their means. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import { graphBuilder } from '../graph/builder.ts'
import { openSession, type Tensors } from '../graph/session.ts'
import { prune } from '../graph/transforms.ts'
import type { Graph, Tensor } from '../graph/types.ts'

/** Of one value, float32 [N, C, H, W], over all pictures. */
export interface Statistics {
  readonly least: number
  readonly most: number
  /** The mean of each of its C channels. */
  readonly means: Float64Array
}

/**
 * Runs a bundle's graph on pictures and looks at some of its values, [N, C, H, W] each.
 *
 * The engine reduces each value to a few numbers, so that none leaves it whole.
 *
 * @param batches uint8 RGB, [n, size, size, 3] each; one at least
 */
export async function statisticsOf(
  graph: Graph,
  values: readonly string[],
  batches: AsyncIterable<Tensor>,
): Promise<ReadonlyMap<string, Statistics>> {
  const session = await openSession(reducedGraph(graph, values))
  try {
    const found = new Map(values.map(value => [value, emptyStatistics()]))
    let images = 0
    for await (const pixels of batches) {
      const reduced = await session.run({ [bundleNames.input]: pixels })
      const count = pixels.shape[0]!
      for (const value of values)
        found.set(value, withBatch(found.get(value)!, partsOf(reduced, value), images, count))
      images += count
    }
    return found
  } finally {
    await session.close()
  }
}

/** The names of what a value is reduced to. */
const reductions = (value: string): Record<'most' | 'opposite' | 'means', string> => ({
  most: `${value}/most`,
  opposite: `${value}/opposite`,
  means: `${value}/means`,
})

/** The graph, giving of each value the most [], the most of its opposite [], and its channels' means [C]. */
function reducedGraph(graph: Graph, values: readonly string[]): Graph {
  const g = graphBuilder(graph.name, graph)
  const all = g.constant('int64', [4], [0, 1, 2, 3])
  const butChannels = g.constant('int64', [3], [0, 2, 3])
  const outputs = values.flatMap(value => {
    const names = reductions(value)
    return [
      g.add('ReduceMax', [value, all], { keepdims: 0 }, names.most),
      g.add('ReduceMax', [g.add('Neg', [value]), all], { keepdims: 0 }, names.opposite),
      g.add('ReduceMean', [value, butChannels], { keepdims: 0 }, names.means),
    ]
  })
  return prune(g.build(outputs))
}

function partsOf(reduced: Tensors, value: string): Statistics {
  const { most, opposite, means } = reductions(value)
  const numbers = (name: string): Float64Array => Float64Array.from(reduced[name]!.data as Float32Array)
  return { least: -numbers(opposite)[0]!, most: numbers(most)[0]!, means: numbers(means) }
}

function emptyStatistics(): Statistics {
  return { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, means: new Float64Array() }
}

function withBatch(before: Statistics, batch: Statistics, images: number, count: number): Statistics {
  const share = count / (images + count)
  return {
    least: Math.min(before.least, batch.least),
    most: Math.max(before.most, batch.most),
    means: batch.means.map((mean, channel) => (before.means[channel] ?? mean) * (1 - share) + mean * share),
  }
}
