/** Which folders are splits: `train/` and its like, and names that hold such a word, as `seg_train/` or `training_set/`. */
import type { InnerFolder } from './inner-folders.ts'
import { splitNameOf } from './split-name.ts'
import type { SplitName } from './types.ts'

/** A folder of one split's classes. */
export interface SplitFolder {
  readonly split: SplitName
  /** How many folders lie between the base and the classes: 2 for `seg_train/seg_train/`, else 1. */
  readonly depth: number
}

/**
 * The splits by their folder's name below the base; none when the folders are classes.
 *
 * A class may be called "train": its folder says "split" only when it holds classes and stands with its like. A name
 * that only holds the word must also be the one for training, and share a class with every other.
 */
export function splitFolders(folders: readonly InnerFolder[]): Map<string, SplitFolder> {
  for (const [splitOf, stand] of [
    [splitNameOf, standTogether],
    [splitInName, areOneDataset],
  ] as const) {
    const splits = named(folders, splitOf)
    if (stand(folders, splits)) return splits
  }
  return new Map()
}

/** The word among others that `_`, `-`, `.` or spaces divide. */
function splitInName(name: string): SplitName | undefined {
  const words = [name, ...name.split(/[-_. ]+/)]
  return words.map(splitNameOf).find(split => split !== undefined)
}

function named(
  folders: readonly InnerFolder[],
  splitOf: (name: string) => SplitName | undefined,
): Map<string, SplitFolder> {
  const found = folders.flatMap(({ name, depth }): [string, SplitFolder][] => {
    const split = splitOf(name)
    return split === undefined ? [] : [[name, { split, depth }]]
  })
  return new Map(found)
}

function standTogether(folders: readonly InnerFolder[], splits: ReadonlyMap<string, SplitFolder>): boolean {
  const holdClasses = folders.some(
    ({ name, classes, direct }) => splits.has(name) && classes.size > 0 && direct === 0,
  )
  return holdClasses && (splits.size > 1 || splits.size === folders.length)
}

function areOneDataset(folders: readonly InnerFolder[], splits: ReadonlyMap<string, SplitFolder>): boolean {
  const [train, ...more] = folders.filter(({ name }) => splits.get(name)?.split === 'train')
  if (train === undefined || more.length > 0) return false
  const others = folders.filter(one => one !== train && one.classes.size > 0)
  const shares = ({ name, classes }: InnerFolder): boolean =>
    splits.has(name) && [...classes].some(one => train.classes.has(one))
  return others.length > 0 && others.every(shares)
}
