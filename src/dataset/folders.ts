/** Labels from folders: `class/*`, `train/class/*`, or none. */

import { counted, listed, quoted } from '../util/words.ts'
import { type InnerFolder, innerFolders } from './inner-folders.ts'
import type { Item, Reading } from './items.ts'
import { isLabelled, type Layout, layoutOf, partsBelow } from './layout.ts'
import { type SplitFolder, splitFolders } from './split-folders.ts'
import { splitNameOf } from './split-name.ts'
import type { Tree, TreeFile } from './tree.ts'

/**
 * Reads the labels that the folders give. Outer folders that hold a single folder are ignored, as they appear when an
 * archive is unpacked; folders below a class folder belong to that class.
 */
export function readFolders(tree: Tree): Reading {
  const layout = layoutOf(tree)
  const inner = innerFolders(tree.images, layout)
  const splits = splitFolders(inner)
  if (splits.size > 0) return readSplits(tree, layout, splits)
  if (isLabelled(layout)) return classFolders(tree, layout, inner)
  return unlabelled(tree.images)
}

/** Images without labels. */
export function unlabelled(images: readonly TreeFile[]): Reading {
  const items = images.map(file => ({ id: file.path, source: file.source, className: null, split: null }))
  return { format: 'unlabelled', items, missing: [], emptyClasses: [], notes: [] }
}

function classFolders(tree: Tree, layout: Layout, inner: readonly InnerFolder[]): Reading {
  const items = tree.images.flatMap(file => {
    const [top, ...rest] = partsBelow(file.path, layout.base)
    return rest.length === 0 ? [] : [itemOf(file, top!, null)]
  })
  const emptyClasses = tree.emptyFolders
    .map(folder => partsBelow(folder, layout.base))
    .filter(parts => parts.length === 1 && parts[0] !== '')
    .map(parts => parts[0]!.normalize('NFC'))
  const notes = baseNotes(layout)
  if (layout.loose > 0) notes.push(`Left out ${counted(layout.loose, 'image')} outside the class folders`)
  notes.push(...innerNotes(inner), ...splitLikeNotes(inner))
  return { format: 'class-folders', items, missing: [], emptyClasses, notes }
}

/** Says so where all class folders hold the same folders: these may be the classes, and those folds or kinds of picture. */
function innerNotes(folders: readonly InnerFolder[]): string[] {
  const [first, ...others] = folders.map(({ classes }) => [...classes].sort())
  const isSame = (names: readonly string[]): boolean => names.join('/') === first!.join('/')
  if (folders.some(({ direct }) => direct > 0) || others.length === 0) return []
  if (first!.length < 2 || !others.every(isSame)) return []
  const [names, tops] = [listed(first!), listed(folders.map(({ name }) => name))]
  return [`Each of ${tops} holds ${names}: where these are the classes, give one of those folders instead`]
}

/** Says so where a class is called as a split is and holds several folders, as a split would. */
function splitLikeNotes(folders: readonly InnerFolder[]): string[] {
  const like = folders.filter(
    ({ name, classes, direct }) => splitNameOf(name) && classes.size > 1 && direct === 0,
  )
  return like.map(({ name, classes }) => {
    const others = listed(folders.map(one => one.name).filter(other => other !== name))
    return `Took the folder ${quoted(name)} for a class, though it holds ${listed([...classes])}: where it is a split, keep ${others} elsewhere`
  })
}

function readSplits(tree: Tree, layout: Layout, splits: ReadonlyMap<string, SplitFolder>): Reading {
  /** The split of a path, and what lies below the split's folder. */
  const placeOf = (path: string) => {
    const parts = partsBelow(path, layout.base)
    const found = splits.get(parts[0]!)
    return { split: found?.split, inside: parts.slice(found?.depth) }
  }
  const items: Item[] = []
  let leftOut = 0
  for (const file of tree.images) {
    const { split, inside } = placeOf(file.path)
    const [className, ...rest] = inside
    if (split === undefined || rest.length === 0) leftOut++
    else items.push(itemOf(file, className!, split))
  }
  const emptyClasses = tree.emptyFolders
    .map(placeOf)
    .filter(({ split, inside }) => split !== undefined && inside.length === 1)
    .map(({ inside }) => inside[0]!.normalize('NFC'))
  const notes = baseNotes(layout)
  if (leftOut > 0) notes.push(`Left out ${counted(leftOut, 'image')} outside the class folders of the splits`)
  return { format: 'split-folders', items, missing: [], emptyClasses, notes }
}

function itemOf(file: TreeFile, folder: string, split: Item['split']): Item {
  return { id: file.path, source: file.source, className: folder.normalize('NFC'), split }
}

function baseNotes({ base, folders }: Layout): string[] {
  const names = listed(folders.map(folder => folder.name))
  return base === '' ? [] : [`Took the folders below ${quoted(base)} for the dataset: ${names}`]
}
