/** The reject option of a trained network: what its images have in common, and how far from it is too far. */
import type { Familiar } from '../bundle/familiar.ts'
import { lower } from '../graph/lowering/index.ts'
import { openSession } from '../graph/session.ts'
import type { Tensor } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { TrainingData } from './data.ts'
import { fitFamiliar } from './familiar-space.ts'
import { prefixGraph } from './network.ts'
import type { Rows } from './principal.ts'
import type { Plan } from './types.ts'

/** Images of each split that are measured at most. */
const most = 1000
const batch = 16

/**
 * Measures the pooled features of training and validation images as the finished network gives them.
 *
 * @returns null where there are too few images
 */
export async function familiarOf(
  plan: Plan,
  classes: number,
  weights: ReadonlyMap<string, Tensor>,
  data: TrainingData,
): Promise<Familiar | null> {
  const graph = lower(prefixGraph(plan, classes, weights, [headNames.pooled]))
  const session = await openSession(graph, { threads: plan.threads })
  const featuresOf = async (positions: readonly number[]): Promise<Rows> => {
    const drawn = shuffled(positions, randomOf(plan.seed, 'familiar')).slice(0, most)
    const parts: number[][] = []
    for await (const { places, pixels } of data.pixels(drawn, batch)) {
      const shape = [places.length, 3, data.size, data.size]
      const image: Tensor = { dtype: 'float32', shape, data: toTensor(pixels, data.size) }
      const { [headNames.pooled]: pooled } = await session.run({ image })
      parts.push(Array.from(pooled!.data as Float32Array, Math.sqrt))
    }
    const length = graph.outputs[0]!.shape[1] as number
    return { length, values: Float64Array.from(parts.flat()) }
  }
  try {
    return fitFamiliar(await featuresOf(data.train()), await featuresOf(data.validation()), classes)
  } finally {
    await session.close()
  }
}
