/** The space that features of training images lie in, and the distance from it up to which pictures are familiar. */
import { type Familiar, leastActivity } from '../bundle/familiar.ts'
import { conformalLimit } from '../evaluate/conformal.ts'
import { distances, type Principal, principalDirections, type Rows } from './principal.ts'

/** The share of new pictures of the known classes that are to be kept. */
const kept = 0.95
/** Fewer training images than this say nothing of what is familiar. */
const fewest = 16

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
  const activity = quietest(train)
  const { scores, source } = scoresOf(train, unfamiliarities(validation, space, activity), classes)
  const limit = conformalLimit(scores, kept)
  if (limit === null || limit < least) return null
  return {
    mean: Float32Array.from(space.mean),
    basis: columnsOf(space.directions, train.length),
    activity,
    unit: limit * (1 + rounding),
    facts: { limit: 1, kept, examples: scores.length, source },
  }
}

/** A limit below this is rounding: the images are copies of a few, and say nothing of others. */
const least = 1e-3
/** The engine sums in float32: an image on the limit is to stay inside. */
const rounding = 1e-4

/** Directions: 31 and one for each way from class to class, where images suffice; docs/trust.md has the measurements. */
function rankFor(count: number, classes: number): number {
  return Math.min(31 + classes - 1, 64, Math.floor(count / 4))
}

/** The share of training images that count as quiet. */
const quiet = 0.05

/** The sum of features that all but a few of the training images have. */
function quietest(train: Rows): number {
  const sorted = activities(train).sort()
  return Math.max(leastActivity, sorted[Math.floor(quiet * sorted.length)]!)
}

/** Sums of features, whose square roots the rows are. */
function activities({ length, values }: Rows): Float64Array {
  const sums = new Float64Array(values.length / length)
  values.forEach((root, at) => void (sums[Math.floor(at / length)]! += root * root))
  return sums
}

/** As the bundle computes them, before the unit: see `addUnfamiliarity`. */
function unfamiliarities(rows: Rows, space: Principal, activity: number): Float64Array {
  const active = activities(rows)
  const share = (row: number): number => Math.min(1, Math.max(leastActivity, active[row]! / activity))
  return distances(rows, space).map((distance, row) => distance / Math.sqrt(share(row)))
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
    const space = principalDirections(rest, rankFor(countOf(rest), classes))
    return [...unfamiliarities(own, space, quietest(rest))]
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
