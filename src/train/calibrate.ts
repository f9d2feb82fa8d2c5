/** Moving statistics for weights that were drawn at random: measured on a batch of the data itself. */
import { lower } from '../graph/lowering/index.ts'
import { openSession } from '../graph/session.ts'
import { bind } from '../graph/transforms.ts'
import type { Tensor } from '../graph/types.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { TrainingData } from './data.ts'
import { backboneOf, movingStatistics } from './network.ts'
import type { Plan } from './types.ts'

/** Images that are measured. */
const sample = 128

/**
 * The weights with batch norm's moving mean and variance set to those of some training images, layer after layer, so
 * that no signal fades on its way through a network that was never trained (as Mishkin and Matas 2016 do by scaling
 * the weights).
 */
export async function calibrated(
  weights: ReadonlyMap<string, Tensor>,
  plan: Plan,
  data: TrainingData,
): Promise<Map<string, Tensor>> {
  const backbone = backboneOf(plan, 0)
  const moving = movingStatistics(backbone.graph)
  const outputs = moving.map(({ batchValue }) => backbone.graph.values.get(batchValue)!)
  const session = await openSession(lower(bind({ ...backbone.graph, outputs }, weights)), {
    threads: plan.threads,
  })
  try {
    const { pixels, count } = await someImages(data, plan)
    const image = toTensor(pixels, data.size)
    const shape = [count, 3, data.size, data.size]
    const measured = await session.run({ image: { dtype: 'float32', shape, data: image } })
    return new Map([
      ...weights,
      ...moving.map(({ buffer, batchValue }) => [buffer, measured[batchValue]!] as const),
    ])
  } finally {
    await session.close()
  }
}

async function someImages(
  data: TrainingData,
  { seed }: Plan,
): Promise<{ pixels: Uint8Array; count: number }> {
  const drawn = shuffled(data.train(), randomOf(seed, 'calibrate')).slice(0, sample)
  const parts: Uint8Array[] = []
  let count = 0
  for await (const { places, pixels } of data.pixels(drawn, sample)) {
    parts.push(pixels)
    count += places.length
  }
  return { pixels: Buffer.concat(parts), count }
}
