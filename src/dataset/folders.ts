/** Labels from folders: `class/*`, `train/class/*`, or none. */

import { counted, listed, quoted } from '../util/words.ts'
import type { Item, Reading } from './items.ts'
import { isLabelled, isSplit, type Layout, layoutOf, partsBelow } from './layout.ts'
import { splitNameOf } from './split-name.ts'
import type { Tree, TreeFile } from './tree.ts'

/**
 * Reads the labels that the folders give. Outer folders that hold a single folder are ignored, as they appear when an
 * archive is unpacked; folders below a class folder belong to that class.
 */
export function readFolders(tree: Tree): Reading {
  const layout = layoutOf(tree)
  if (isSplit(layout)) return splitFolders(tree, layout)
  if (isLabelled(layout)) return classFolders(tree, layout)
  return unlabelled(tree.images)
}

/** Images without labels. */
export function unlabelled(images: readonly TreeFile[]): Reading {
  const items = images.map(file => ({ id: file.path, source: file.source, className: null, split: null }))
  return { format: 'unlabelled', items, missing: [], emptyClasses: [], notes: [] }
}

function classFolders(tree: Tree, layout: Layout): Reading {
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
  return { format: 'class-folders', items, missing: [], emptyClasses, notes }
}

function splitFolders(tree: Tree, layout: Layout): Reading {
  const items: Item[] = []
  let leftOut = 0
  for (const file of tree.images) {
    const [top, className, ...rest] = partsBelow(file.path, layout.base)
    const split = splitNameOf(top!)
    if (split === undefined || rest.length === 0) leftOut++
    else items.push(itemOf(file, className!, split))
  }
  const emptyClasses = tree.emptyFolders
    .map(folder => partsBelow(folder, layout.base))
    .filter(([top, , ...rest]) => splitNameOf(top!) !== undefined && rest.length === 0)
    .flatMap(([, className]) => (className === undefined ? [] : [className.normalize('NFC')]))
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
