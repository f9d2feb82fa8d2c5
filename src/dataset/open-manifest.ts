/** A manifest made ready: its columns chosen, its ids resolvable. */
import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { quoted } from '../util/words.ts'
import { type ColumnOptions, type Columns, chooseColumns, hasUsualLabel } from './columns.ts'
import { commonFolderOf, type Finder, finderOf, indexImages } from './finder.ts'
import { extensionOf, kindOf } from './kinds.ts'
import { parseManifest } from './manifest.ts'
import { withGatheredLabels } from './one-hot.ts'
import { type Table, withoutHeader } from './table.ts'
import type { Tree } from './tree.ts'
import type { SplitName } from './types.ts'

export interface Manifest {
  readonly table: Table
  readonly columns: Columns
  readonly find: Finder
  /** The split of all its rows, where its place or name says so. */
  readonly split: SplitName | null
  /** The folder on disk in which it lies. */
  readonly folder: string | undefined
  readonly notes: readonly string[]
}

/** Where a manifest stands. */
export interface Place {
  /** As messages name it. */
  readonly name: string
  /** The folder of the tree that holds its images: ids without a folder mean nothing else; the empty one is the root. */
  readonly scope: string
  /** The folder on disk against which ids that the tree does not hold are resolved; undefined for none. */
  readonly disk: string | undefined
  readonly split: SplitName | null
}

const sampleSize = 200

/** @throws UserError `data` when the manifest cannot be read or its columns not be told apart */
export function openManifest(bytes: Uint8Array, place: Place, tree: Tree, options: ColumnOptions): Manifest {
  const { table: parsed, notes } = headed(parseManifest(place.name, bytes))
  const table = labelled(parsed, options)
  const find = columnFinder(table, place, tree)
  const columns = chooseColumns(table, options, column => share(table, column, find(column)))
  return {
    table,
    columns,
    find: find(columns.id),
    split: place.split,
    folder: place.disk,
    notes: [...notes, ...columns.notes],
  }
}

/** A first row that names an image is data, not a header. */
function headed(table: Table): { table: Table; notes: string[] } {
  const isImage = (cell: string): boolean => extensionOf(cell) !== '' && kindOf(cell) === 'image'
  if (!table.columns.some(isImage)) return { table, notes: [] }
  return {
    table: withoutHeader(table),
    notes: [`Took the first row of ${quoted(table.name)} for data: it names an image`],
  }
}

/** Where no column is called as labels are, columns of zeros and ones may give them together. */
function labelled(table: Table, { labelColumn }: ColumnOptions): Table {
  if (labelColumn !== undefined || hasUsualLabel(table)) return table
  return withGatheredLabels(table) ?? table
}

/** Finders for any column over the same indexes. */
function columnFinder(table: Table, place: Place, tree: Tree): (column: number) => Finder {
  const everywhere = indexImages(tree.images)
  const within = `${place.scope}/`
  const inScope = indexImages(tree.images.filter(file => file.path.startsWith(within)))
  return column => {
    const common = commonFolderOf(table.rows.map(row => row[column]!))
    const find = place.scope === '' ? finderOf(everywhere, [''], common) : scoped(common)
    return place.disk === undefined ? find : alsoOnDisk(find, place.disk)
  }
  function scoped(common: string): Finder {
    const near = finderOf(inScope, [place.scope, ''], common)
    const far = finderOf(everywhere, [''], '')
    return id => {
      const found = near(id)
      return found.length > 0 || !/[/\\]/.test(id) ? found : far(id)
    }
  }
}

/** The part of a column's values that name images, judged by rows evenly spread over the table. */
function share(table: Table, column: number, find: Finder): number {
  const step = Math.ceil(table.rows.length / sampleSize)
  const rows = table.rows.filter((_, row) => row % step === 0)
  return rows.filter(row => find(row[column]!).length > 0).length / rows.length
}

/** Falls back to a path on disk: absolute, or relative to the manifest's own folder. */
function alsoOnDisk(find: Finder, folder: string): Finder {
  return id => {
    const found = find(id)
    const name = id.trim()
    const path = resolve(folder, name)
    return found.length === 0 && name !== '' && isImageFile(path)
      ? [{ path: name, source: { type: 'file', path } }]
      : found
  }
}

function isImageFile(path: string): boolean {
  try {
    return kindOf(basename(path)) === 'image' && statSync(path).isFile()
  } catch {
    return false
  }
}
