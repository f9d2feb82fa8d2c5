/** The reject option of a trained network: what its images have in common, and how far from it is too far. */
import type { Familiar } from '../bundle/familiar.ts'
import { conformalLimit } from '../evaluate/conformal.ts'
import { lower } from '../graph/lowering/index.ts'
import { openSession } from '../graph/session.ts'
import type { Tensor } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { TrainingData } from './data.ts'
import { prefixGraph } from './network.ts'
import { distances, principalDirections, type Rows } from './principal.ts'
import type { Plan } from './types.ts'

/** The share of new pictures of the known classes that are to be kept. */
const kept = 0.95
/** Images of each split that are measured at most. */
const most = 1000
/** Fewer training images than this say nothing of what is familiar. */
const fewest = 16
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

/**
 * The space that the training images span, and the distance from it that 95% of new images of the known classes keep.
 *
 * The limit is taken from validation images, which no step has seen; for fewer than 19 of them, see `scoresOf`.
 *
 * @param train square roots of features, in an order that has no meaning
 */
export function fitFamiliar(train: Rows, validation: Rows, classes: number): Familiar | null {
  if (countOf(train) < fewest) return null
  const space = principalDirections(train, rankFor(countOf(train), classes))
  const { scores, source } = scoresOf(train, distances(validation, space), classes)
  const limit = conformalLimit(scores, kept)
  if (limit === null || limit === 0) return null
  return {
    mean: Float32Array.from(space.mean),
    basis: columnsOf(space.directions, train.length),
    unit: limit * (1 + rounding),
    facts: { limit: 1, kept, examples: scores.length, source },
  }
}

/** The engine sums in float32: an image on the limit is to stay inside. */
const rounding = 1e-4

/** Directions: 31 and one for each way from class to class, where images suffice; docs/trust.md has the measurements. */
function rankFor(count: number, classes: number): number {
  return Math.min(31 + classes - 1, 64, Math.floor(count / 4))
}

interface Scores {
  readonly scores: Float64Array
  readonly source: 'validation' | 'training'
}

/** Parts into which training images are cut where they must stand in for others. */
const folds = 5

/**
 * The distances of images that the space was not made of. Where validation has too few, training images stand in, each
 * measured from the space of the other folds, and moved away as validation images are: training has drawn them near.
 */
function scoresOf(train: Rows, held: Float64Array, classes: number): Scores {
  if (conformalLimit(held, kept) !== null) return { scores: held, source: 'validation' }
  const crossed = Array.from({ length: folds }, (_, fold) => {
    const rest = someRows(train, row => row % folds !== fold)
    const own = someRows(train, row => row % folds === fold)
    return [...distances(own, principalDirections(rest, rankFor(countOf(rest), classes)))]
  }).flat()
  const stretch = held.length === 0 ? 1 : Math.max(1, mean([...held]) / mean(crossed))
  return { scores: Float64Array.from([...held, ...crossed.map(d => d * stretch)]), source: 'training' }
}

function someRows({ length, values }: Rows, isWanted: (row: number) => boolean): Rows {
  return { length, values: values.filter((_, at) => isWanted(Math.floor(at / length))) }
}

const countOf = ({ length, values }: Rows): number => values.length / length
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** [R, C] -> [C, R] */
function columnsOf(directions: Float64Array, length: number): Float32Array {
  const rank = directions.length / length
  return Float32Array.from({ length: directions.length }, (_, at) => {
    const [channel, direction] = [Math.floor(at / rank), at % rank]
    return directions[direction * length + channel]!
  })
}
