/** Drawing examples of which some belong together, such as copies of one picture. */
import type { Example } from './types.ts'

/** The group of each example that is in one. */
export type Groups = ReadonlyMap<Example, readonly Example[]>

/** @param groups ids that belong together; those of no example count for nothing */
export function groupsOf(examples: readonly Example[], groups: readonly (readonly string[])[]): Groups {
  if (groups.length === 0) return new Map()
  const byId = new Map(examples.map(example => [example.id, example]))
  return new Map(
    groups.flatMap(ids => {
      const members = ids.flatMap(id => byId.get(id) ?? [])
      return members.length < 2 ? [] : members.map(member => [member, members] as const)
    }),
  )
}

/**
 * Draws examples from strata, each group whole or not at all.
 *
 * Goes through every stratum in its order, so without groups it takes the first `counts[i]` of each. A group is taken
 * if no stratum gets more than its count by it. Where that leaves a stratum with nothing, its smallest group is taken
 * that leaves every stratum an example undrawn.
 *
 * @param orders the examples of each stratum, in the order of the draw
 * @param counts how many to take from each
 * @param stratumOf the index of an example's stratum
 */
export function drawGrouped(
  orders: readonly (readonly Example[])[],
  counts: readonly number[],
  groups: Groups,
  stratumOf: (example: Example) => number,
): ReadonlySet<Example> {
  const drawn = new Set<Example>()
  const taken = orders.map(() => 0)
  const unitOf = (example: Example): readonly Example[] => groups.get(example) ?? [example]
  const fits = (unit: readonly Example[], most: readonly number[]): boolean =>
    countsOf(unit, orders.length, stratumOf).every(
      (count, stratum) => count === 0 || taken[stratum]! + count <= most[stratum]!,
    )
  const take = (unit: readonly Example[]): void => {
    for (const example of unit) {
      drawn.add(example)
      taken[stratumOf(example)]!++
    }
  }
  orders.forEach((order, stratum) => {
    for (const example of order) {
      if (taken[stratum]! >= counts[stratum]!) break
      if (!drawn.has(example) && fits(unitOf(example), counts)) take(unitOf(example))
    }
  })
  const spare = orders.map(order => order.length - 1)
  orders.forEach((order, stratum) => {
    if (taken[stratum]! > 0 || counts[stratum] === 0) return
    const units = order.map(unitOf).filter(unit => fits(unit, spare))
    const smallest = units.sort((a, b) => a.length - b.length)[0]
    if (smallest !== undefined) take(smallest)
  })
  return drawn
}

function countsOf(
  unit: readonly Example[],
  strata: number,
  stratumOf: (example: Example) => number,
): number[] {
  const counts = new Array<number>(strata).fill(0)
  for (const example of unit) counts[stratumOf(example)]!++
  return counts
}
