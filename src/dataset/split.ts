/** Which examples are trained on, which are held out: as the data says, else by a seeded draw. */
import { UserError } from '../util/errors.ts'
import { randomOf, shuffled } from '../util/random.ts'
import { drawGrouped, type Groups, groupsOf } from './groups.ts'
import { compareCodeUnits } from './order.ts'
import type { Dataset, Example, Split } from './types.ts'

export interface SplitOptions {
  /** The part of the examples to hold out for validation, from 0 up to but not including 1. */
  readonly validation: number
  readonly seed: number
  /** `stratified` keeps the classes' proportions; `random` draws from all alike. */
  readonly method?: 'stratified' | 'random' | undefined
  /** Ids that belong together, such as copies of one picture: a drawn split has all of a group on one side. */
  readonly groups?: readonly (readonly string[])[] | undefined
}

/**
 * Parts the labelled examples into train, validation and test, each sorted by id.
 *
 * A split that the data names is kept; where it names no validation, that is drawn from all but the test examples.
 * The draw depends on the seed, the ids and the labels, and on nothing else.
 *
 * Stratified: validation gets `round(n * validation)` examples, shared among the classes by largest remainder, but so
 * that every class keeps one for training and, if there are enough to go round, gives one to validation.
 *
 * Examples in no group are drawn as if there were no groups, and a group that would be too many for what is left to
 * hold out stays in training; see `drawGrouped`.
 *
 * @throws UserError `usage` when `validation` is out of range
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  const { validation, seed, method = 'stratified', groups = [] } = options
  if (!(validation >= 0 && validation < 1)) {
    const hint = 'give a fraction such as 0.1'
    throw new UserError(
      'usage',
      `Cannot hold out ${validation} for validation: wanted at least 0 and less than 1`,
      { hint },
    )
  }
  const labelled = dataset.examples.filter(example => example.label !== null)
  const examples = labelled.sort((a, b) => compareCodeUnits(a.id, b.id))
  const test = examples.filter(example => example.split === 'test')
  const rest = examples.filter(example => example.split !== 'test')
  const named = rest.some(example => example.split === 'validation')
  const held = named ? undefined : drawn(rest, validation, seed, method, groupsOf(rest, groups))
  const isHeld = (example: Example): boolean => held?.has(example) ?? example.split === 'validation'
  return { train: rest.filter(example => !isHeld(example)), validation: rest.filter(isHeld), test }
}

function drawn(
  examples: readonly Example[],
  fraction: number,
  seed: number,
  method: 'stratified' | 'random',
  groups: Groups,
): ReadonlySet<Example> {
  if (method === 'random') {
    const count = heldCount(examples.length, fraction, Math.max(0, examples.length - 1))
    const order = shuffled(examples, randomOf(seed, 'split'))
    return drawGrouped([order], [count], groups, () => 0)
  }
  const classes = byLabel(examples)
  const counts = apportion(
    classes.map(([, members]) => members.length),
    fraction,
  )
  const orders = classes.map(([label, members]) => shuffled(members, randomOf(seed, 'split', label)))
  const stratumOf = new Map(classes.map(([label], stratum) => [label, stratum]))
  return drawGrouped(orders, counts, groups, ({ label }) => stratumOf.get(label!)!)
}

/** The examples of each class that has any, in the order of the labels. */
function byLabel(examples: readonly Example[]): [label: number, members: Example[]][] {
  const classes = new Map<number, Example[]>()
  for (const example of examples) {
    const members = classes.get(example.label!)
    if (members === undefined) classes.set(example.label!, [example])
    else members.push(example)
  }
  return [...classes].sort(([a], [b]) => a - b)
}

/** Any fraction above 0 holds out at least one, if one can be spared. */
function heldCount(total: number, fraction: number, most: number): number {
  return Math.min(most, fraction > 0 ? Math.max(1, Math.round(total * fraction)) : 0)
}

/**
 * How many of each class to hold out: the method of largest remainder (Hamilton), within bounds.
 *
 * @param sizes examples of each class, each at least 1
 */
export function apportion(sizes: readonly number[], fraction: number): number[] {
  const most = sizes.map(size => Math.max(0, size - 1))
  const total = heldCount(sum(sizes), fraction, sum(most))
  const enough = total >= most.filter(bound => bound > 0).length
  const least = most.map(bound => (enough ? Math.min(1, bound) : 0))
  const quotas = sizes.map(size => size * fraction)
  const counts = quotas.map((quota, i) => Math.min(most[i]!, Math.max(least[i]!, Math.floor(quota))))
  for (let short = total - sum(counts); short !== 0; short -= Math.sign(short)) {
    const step = Math.sign(short)
    const free = counts.map((count, i) => (step > 0 ? count < most[i]! : count > least[i]!))
    const owed = quotas.map((quota, i) => (free[i] ? step * (quota - counts[i]!) : Number.NEGATIVE_INFINITY))
    counts[owed.indexOf(Math.max(...owed))]! += step
  }
  return counts
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
