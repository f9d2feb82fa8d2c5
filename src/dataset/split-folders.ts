/** Which folders are splits: `train/` and its like, and names that hold such a word, as `seg_train/` or `training_set/`. */
import { type Layout, partsBelow } from './layout.ts'
import { splitNameOf } from './split-name.ts'
import type { TreeFile } from './tree.ts'
import type { SplitName } from './types.ts'

/** A folder of one split's classes. */
export interface SplitFolder {
  readonly split: SplitName
  /** How many folders lie between the base and the classes: 2 for `seg_train/seg_train/`, else 1. */
  readonly depth: number
}

/** A folder below the base. */
interface Folder {
  readonly name: string
  readonly depth: number
  /** Names of the folders that hold images, from `depth` on. */
  readonly classes: ReadonlySet<string>
  /** Images that lie in the folder itself. */
  readonly direct: number
}

/**
 * The splits by their folder's name below the base; none when the folders are classes.
 *
 * A class may be called "train": its folder says "split" only when it holds classes and stands with its like. A name
 * that only holds the word must also be the one for training, and share a class with every other.
 */
export function splitFolders(
  images: readonly TreeFile[],
  { base, folders }: Layout,
): Map<string, SplitFolder> {
  if (!folders.some(({ name }) => splitInName(name) !== undefined)) return new Map()
  const inside = byFolder(images, base)
  const all = folders.map(({ name, direct }) => folderOf(name, direct, inside.get(name)!))
  for (const [splitOf, stand] of [
    [splitNameOf, standTogether],
    [splitInName, areOneDataset],
  ] as const) {
    const splits = named(all, splitOf)
    if (stand(all, splits)) return splits
  }
  return new Map()
}

/** The parts of the images' paths below the base, by their first. */
function byFolder(images: readonly TreeFile[], base: string): Map<string, string[][]> {
  const inside = new Map<string, string[][]>()
  for (const { path } of images) {
    const parts = partsBelow(path, base)
    const others = inside.get(parts[0]!)
    if (others === undefined) inside.set(parts[0]!, [parts])
    else others.push(parts)
  }
  return inside
}

/** A folder that holds nothing but one of the same name is no more than that one, as in archives of Kaggle's. */
function folderOf(name: string, direct: number, paths: readonly (readonly string[])[]): Folder {
  const depth = paths.every(([, second, ...rest]) => second === name && rest.length > 0) ? 2 : 1
  const classes = paths.filter(parts => parts.length > depth + 1).map(parts => parts[depth]!)
  return { name, depth, direct, classes: new Set(classes) }
}

/** The word among others that `_`, `-`, `.` or spaces divide. */
function splitInName(name: string): SplitName | undefined {
  const words = [name, ...name.split(/[-_. ]+/)]
  return words.map(splitNameOf).find(split => split !== undefined)
}

function named(
  folders: readonly Folder[],
  splitOf: (name: string) => SplitName | undefined,
): Map<string, SplitFolder> {
  const found = folders.flatMap(({ name, depth }): [string, SplitFolder][] => {
    const split = splitOf(name)
    return split === undefined ? [] : [[name, { split, depth }]]
  })
  return new Map(found)
}

function standTogether(folders: readonly Folder[], splits: ReadonlyMap<string, SplitFolder>): boolean {
  const holdClasses = folders.some(
    ({ name, classes, direct }) => splits.has(name) && classes.size > 0 && direct === 0,
  )
  return holdClasses && (splits.size > 1 || splits.size === folders.length)
}

function areOneDataset(folders: readonly Folder[], splits: ReadonlyMap<string, SplitFolder>): boolean {
  const [train, ...more] = folders.filter(({ name }) => splits.get(name)?.split === 'train')
  if (train === undefined || more.length > 0) return false
  const others = folders.filter(one => one !== train && one.classes.size > 0)
  const shares = ({ name, classes }: Folder): boolean =>
    splits.has(name) && [...classes].some(one => train.classes.has(one))
  return others.length > 0 && others.every(shares)
}
