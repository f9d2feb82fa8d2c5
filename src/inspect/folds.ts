/** Folds for predictions of examples that a probe has not seen. */
import { type Random, shuffled } from '../util/random.ts'

/**
 * A fold for each example: every class is shared out evenly, and copies of one picture are in one fold, lest a wrong
 * label be confirmed by its own copy.
 *
 * @param labels of each example
 * @param groups of places that belong together
 * @returns the index of the fold, 0..folds-1
 */
export function foldsOf(
  labels: readonly number[],
  groups: readonly (readonly number[])[],
  folds: number,
  random: Random,
): Int32Array {
  const fold = new Int32Array(labels.length).fill(-1)
  const groupAt = new Map(groups.flatMap(group => group.map(place => [place, group] as const)))
  const next = new Map<number, number>()
  for (const place of shuffled([...labels.keys()], random)) {
    if (fold[place] !== -1) continue
    const label = labels[place]!
    const turn = next.get(label) ?? label % folds
    next.set(label, (turn + 1) % folds)
    for (const member of groupAt.get(place) ?? [place]) fold[member] = turn
  }
  return fold
}
