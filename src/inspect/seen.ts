/** What a frozen network sees in pictures: its features of each, averaged over the picture and its mirror image. */
import { addGraph } from '../bundle/bundle-graph.ts'
import { graphBuilder } from '../graph/builder.ts'
import type { Graph } from '../graph/types.ts'
import type { TrainingData } from '../train/data.ts'
import { openExtractor } from '../train/features.ts'
import { cutsInReach, prefixGraph } from '../train/network.ts'
import type { Plan } from '../train/types.ts'
import { startingWeights } from '../train/weights.ts'
import type { Matrix } from './products.ts'

export interface SeenOptions {
  /** Which network looks. */
  readonly plan: Plan
  readonly classes: number
  readonly cache: string
  /** Told how many of the pictures are done, both ways round. */
  readonly onProgress: (done: number) => void
}

/**
 * Features of the examples at some positions, a row for each, from the cache where they are there.
 *
 * Those of the pictures themselves are the ones that training a head uses, so each finds the other's in the cache.
 */
export async function featuresOf(
  data: TrainingData,
  positions: readonly number[],
  { plan, classes, cache, onProgress }: SeenOptions,
): Promise<Matrix> {
  const weights = await startingWeights(plan, classes, data)
  const cut = cutsInReach(plan, 0, classes)[0]!
  const prefix = prefixGraph(plan, classes, weights, [cut])
  const view = { number: 0, augmentation: plan.phases[0]!.augmentation, seed: plan.seed }
  const sides: Float32Array[] = []
  let columns = 0
  for (const graph of [prefix, mirrored(prefix)]) {
    const extractor = openExtractor(graph, data, { cache, threads: plan.threads })
    await extractor.ensure([cut], positions, view, done =>
      onProgress(Math.floor((sides.length * positions.length + done) / 2)),
    )
    const table = extractor.table(cut, positions, view)
    const rows = new Float32Array(positions.length * table.length)
    table.read([...positions.keys()], rows)
    sides.push(rows)
    columns = table.length
  }
  const [one, other] = sides as [Float32Array, Float32Array]
  for (let i = 0; i < one.length; i++) one[i] = (one[i]! + other[i]!) / 2
  return { rows: positions.length, columns, data: one }
}

/** The same of pictures seen in a mirror. @param prefix from `image`, float32 [N, 3, H, W] */
function mirrored(prefix: Graph): Graph {
  const [input] = prefix.inputs
  const names = prefix.nodes.flatMap(({ outputs }) => outputs)
  const g = graphBuilder(prefix.name, undefined, new Set([...prefix.initializers.keys(), ...names]))
  const image = g.input(input!.name, input!.dtype, input!.shape)
  const [last, end, axis] = [-1, -1 - (input!.shape[3] as number), 3].map(at =>
    g.constant('int64', [1], [at]),
  )
  const turned = g.add('Slice', [image, last!, end!, axis!, last!], {}, 'mirrored')
  addGraph(g, prefix, new Map([[image, turned]]))
  return g.build(prefix.outputs.map(({ name }) => name))
}
