/** Labels from the rows of manifests. */

import { counted, listed, quoted } from '../util/words.ts'
import type { Item, Reading } from './items.ts'
import type { Manifest } from './open-manifest.ts'
import { splitNameOf } from './split-name.ts'
import type { Tree, TreeFile } from './tree.ts'
import type { ColumnNames, Missing } from './types.ts'
import { unusable } from './unusable.ts'

/** What the rows have given so far, over all manifests. */
interface Found {
  /** By the image's path. */
  readonly items: Map<string, Item>
  /** Paths of all images that a row names, labelled or not. */
  readonly named: Set<string>
  readonly missing: Missing[]
  readonly notes: string[]
}

/**
 * Reads the labels that manifests give. Rows whose image is absent or whose label is empty are listed as missing; a
 * row of the test split may have no label.
 *
 * @param root the dataset's name in messages
 * @throws UserError `data` when no row names an image, a name fits two images, or two rows disagree on an image
 */
export function readRows(root: string, manifests: readonly Manifest[], tree: Tree): Reading {
  const found: Found = { items: new Map(), named: new Set(), missing: [], notes: [] }
  for (const manifest of manifests) addRows(root, tree, manifest, manifests.length === 1, found)
  const unnamed = tree.images.filter(file => !found.named.has(file.path)).length
  if (unnamed > 0) {
    const names = listed(manifests.map(manifest => manifest.table.name))
    found.notes.push(`Left out ${counted(unnamed, 'image')} that no row of ${names} names`)
  }
  const { missing, notes } = found
  const columns = manifests.length === 1 ? namesOf(manifests[0]!) : undefined
  return { format: 'manifest', items: [...found.items.values()], missing, emptyClasses: [], notes, columns }
}

function namesOf({ table, columns }: Manifest): ColumnNames {
  return { id: table.columns[columns.id]!, label: table.columns[columns.label]! }
}

/** @param ownIds whether ids are the manifest's own; with several manifests they are paths, so that none repeats */
function addRows(root: string, tree: Tree, manifest: Manifest, ownIds: boolean, found: Found): void {
  const { table, columns } = manifest
  const { items, named, missing, notes } = found
  const before = items.size
  let repeated = 0
  for (const row of table.rows) {
    const id = row[columns.id]!.trim()
    const file = fileOf(manifest, row[columns.id]!)
    if (file === undefined) {
      missing.push({ id, reason: 'there is no such file' })
      continue
    }
    named.add(file.path)
    const item = itemOf(manifest, row, ownIds ? id : file.path, file)
    const earlier = items.get(file.path)
    if (item === undefined) missing.push({ id, reason: 'its label is empty' })
    else if (earlier === undefined) items.set(file.path, item)
    else repeated += sameOrThrow(table.name, earlier, item)
  }
  if (items.size === before && repeated === 0) throw nothingFound(root, manifest, tree)
  notes.push(...manifest.notes)
  if (repeated > 0) notes.push(`Took once what ${quoted(table.name)} repeats: ${counted(repeated, 'row')}`)
}

function fileOf({ find, table }: Manifest, id: string): TreeFile | undefined {
  const [file, other] = find(id)
  if (file === undefined || other === undefined) return file
  throw unusable(
    table.name,
    `${quoted(id)} may be ${quoted(file.path)} or ${quoted(other.path)}`,
    'write the folder into the id, as in the second of these names',
  )
}

/** The row as an item; undefined when its label is empty and it is not of the test split. */
function itemOf(manifest: Manifest, row: readonly string[], id: string, file: TreeFile): Item | undefined {
  const { columns } = manifest
  const ownSplit = columns.split === undefined ? undefined : splitNameOf(row[columns.split]!)
  const split = ownSplit ?? manifest.split
  const label = row[columns.label]!.trim().normalize('NFC')
  if (isList(label)) {
    throw unusable(
      manifest.table.name,
      `${quoted(id)} has a list or an object for a label; wanted one class for each image`,
    )
  }
  if (label === '' && split !== 'test') return undefined
  return { id, source: file.source, className: label === '' ? null : label, split }
}

/** A list or an object in JSON, as a cell of a JSONL manifest. */
function isList(label: string): boolean {
  if (!/^[[{]/.test(label)) return false
  try {
    return typeof JSON.parse(label) === 'object'
  } catch {
    return false
  }
}

/** How many rows to count as repeated: one. */
function sameOrThrow(name: string, first: Item, second: Item): number {
  if (first.className === second.className && first.split === second.split) return 1
  const claim = (item: Item): string => [item.className, item.split].filter(word => word !== null).join(', ')
  throw unusable(
    name,
    `${quoted(second.id)} is repeated and differs: ${quoted(claim(first))}, then ${quoted(claim(second))}`,
    'leave one row for each image',
  )
}

function nothingFound(root: string, { table, columns, find, folder }: Manifest, { images }: Tree): Error {
  const label = table.columns[columns.label]!
  if (table.rows.some(row => find(row[columns.id]!).length > 0)) {
    return unusable(table.name, `column ${quoted(label)} is empty`, 'choose the labels with --label-column')
  }
  const wanted = quoted(table.rows[0]![columns.id]!)
  const present =
    images.length === 0 ? 'there is no image' : `the images are called like ${quoted(images[0]!.path)}`
  return unusable(
    table.name,
    `none of its ${counted(table.rows.length, 'row')} names an image in ${quoted(table.name === root ? (folder ?? root) : root)}: the first wants ${wanted}, ${present}`,
    'check the folder, or choose the column with --id-column',
  )
}
