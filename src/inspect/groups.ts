/** Groups of pictures that are one another's copies, exact or near. */
import type { Looks } from './look.ts'
import { nearDuplicates, type Pair } from './near-duplicates.ts'

/** How a member of a group was found to belong to it. */
export interface Group {
  /** Two places or more, ascending. */
  readonly members: readonly number[]
  /** The near pairs inside of it; exact copies are in none but that of the first among them. */
  readonly pairs: readonly Pair[]
}

/**
 * Parts places into groups of copies; what has no copy is in none.
 *
 * @param keys of the content of each place; equal keys are exact copies
 * @param looks of each place; null leaves near copies out
 */
export function duplicateGroups(keys: readonly string[], looks: Looks | null): Group[] {
  const firsts = new Map<string, number>()
  const parents = keys.map((key, place) => {
    const first = firsts.get(key) ?? place
    firsts.set(key, first)
    return first
  })
  const pairs = looks === null ? [] : nearDuplicates(looks, [...firsts.values()])
  for (const { a, b } of pairs) join(parents, a, b)
  return grouped(parents, pairs)
}

/** Union by the lower place, with paths halved (Tarjan and van Leeuwen 1984). */
function join(parents: number[], a: number, b: number): void {
  const [low, high] = [rootOf(parents, a), rootOf(parents, b)].sort((x, y) => x - y)
  parents[high!] = low!
}

function rootOf(parents: number[], place: number): number {
  let at = place
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]!]!
    at = parents[at]!
  }
  return at
}

function grouped(parents: number[], pairs: readonly Pair[]): Group[] {
  const groups = new Map<number, { members: number[]; pairs: Pair[] }>()
  for (const place of parents.keys()) {
    const root = rootOf(parents, place)
    const group = groups.get(root) ?? { members: [], pairs: [] }
    group.members.push(place)
    groups.set(root, group)
  }
  for (const pair of pairs) groups.get(rootOf(parents, pair.a))!.pairs.push(pair)
  return [...groups.values()].filter(({ members }) => members.length > 1)
}
