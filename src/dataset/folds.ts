/** Cutting examples into folds of alike classes, with what belongs together in one fold. */
import { UserError } from '../util/errors.ts'
import { randomOf, shuffled } from '../util/random.ts'
import { groupsOf } from './groups.ts'
import { compareCodeUnits } from './order.ts'
import type { Example } from './types.ts'

export interface FoldOptions {
  /** How many folds, 2 or more. */
  readonly count: number
  readonly seed: number
  /** Ids of examples that belong into one fold, such as copies of one picture. */
  readonly groups?: readonly (readonly string[])[] | undefined
}

/**
 * A partition of labelled examples into folds, each sorted by id; it depends on seed, ids, labels and groups alone.
 *
 * The largest groups are dealt first, then single examples in a shuffled order, each to the fold that has the fewest of
 * its class, and among such the fewest in all. Without groups, folds differ by one example of a class at most.
 *
 * @throws UserError `usage` when a class has fewer examples than there are folds, groups counted as one, or the count
 *   is out of range
 */
export function foldsOf(
  examples: readonly Example[],
  { count, seed, groups = [] }: FoldOptions,
): Example[][] {
  const ordered = [...examples].sort((a, b) => compareCodeUnits(a.id, b.id))
  const groupOf = groupsOf(ordered, groups)
  const single = new Map(ordered.map(example => [example, [example]] as const))
  const units = new Set(
    shuffled(ordered, randomOf(seed, 'folds')).map(example => groupOf.get(example) ?? single.get(example)!),
  )
  checkCount(units, count)
  const folds = Array.from({ length: count }, (): Example[] => [])
  for (const unit of [...units].sort((a, b) => b.length - a.length))
    emptiest(folds, unit[0]!.label).push(...unit)
  return folds.map(fold => fold.sort((a, b) => compareCodeUnits(a.id, b.id)))
}

function emptiest(folds: readonly Example[][], label: number | null): Example[] {
  const ofClass = (fold: readonly Example[]): number => fold.filter(example => example.label === label).length
  return folds.reduce((best, fold) => {
    const difference = ofClass(fold) - ofClass(best)
    return difference < 0 || (difference === 0 && fold.length < best.length) ? fold : best
  })
}

/** A group goes into one fold, so it counts as one example of each of its classes. */
function checkCount(units: ReadonlySet<readonly Example[]>, count: number): void {
  const sizes = new Map<number | null, number>()
  for (const unit of units)
    for (const label of new Set(unit.map(example => example.label)))
      sizes.set(label, (sizes.get(label) ?? 0) + 1)
  const fewest = Math.min(...sizes.values())
  if (Number.isInteger(count) && count >= 2 && count <= fewest) return
  const smallest = `${fewest}, the number of images in the smallest class`
  const [wanted, hint] =
    fewest < 2
      ? [
          `a class has too few images: ${fewest}`,
          'each class needs an image for every fold: leave --folds out',
        ]
      : [`wanted from 2 to ${smallest}`, 'give a number such as --folds 5, or leave it out']
  const copies = [...units].some(({ length }) => length > 1) ? ' (copies count as one)' : ''
  throw new UserError('usage', `Cannot make ${count} folds: ${wanted}${copies}`, { hint })
}
