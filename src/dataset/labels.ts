/** Where the labels come from: the manifest that was named, one that lies with the images, or the folders. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { messageOf, UserError } from '../util/errors.ts'
import { listed, quoted } from '../util/words.ts'
import type { ColumnOptions } from './columns.ts'
import { type Discovery, discoverManifests, scopeOf } from './discover.ts'
import { readFolders } from './folders.ts'
import type { Reading } from './items.ts'
import { stemOf } from './kinds.ts'
import { folderOf } from './layout.ts'
import { readNames } from './names.ts'
import { type Manifest, openManifest } from './open-manifest.ts'
import type { Opened } from './open-path.ts'
import { readRows } from './rows.ts'
import { readSource } from './source.ts'
import type { Tree } from './tree.ts'
import type { Source } from './types.ts'
import { unusable } from './unusable.ts'

export interface LabelOptions extends ColumnOptions {
  /**
   * A manifest with the labels: a path, also relative to the dataset. `folders` takes them from the folders only,
   * `names` from the files' names: `cat` from `cat.0.jpg`.
   */
  readonly labels?: string | undefined
}

/**
 * A manifest that was named is used; else one found among the files; else the folders; else, for images that these do
 * not tell apart, a manifest of the same name beside them, as `train.csv` lies beside Kaggle's `train.zip`.
 *
 * @param path as the user gave it
 * @throws UserError `data` when a manifest that must be meant cannot be used
 */
export async function readLabels(path: string, opened: Opened, options: LabelOptions): Promise<Reading> {
  const { tree } = opened
  const folders = readFolders(tree)
  if (options.labels === 'folders') return folders
  if (options.labels === 'names') return readNames(tree)
  const named = opened.type === 'manifest' ? fileSource(path) : namedSource(opened, options.labels)
  if (named !== undefined) return readRows(path, [await openNamed(named, tree, options)], tree)
  const columnsNamed = [options.idColumn, options.labelColumn, options.splitColumn].some(
    name => name !== undefined,
  )
  const labelled = folders.format !== 'unlabelled' && !columnsNamed
  const hasChoice = labelled && hasClasses(folders)
  const discovery = await discoverManifests(
    tree,
    options,
    !hasChoice ? 'nothing' : folders.format === 'split-folders' ? 'splits' : 'classes',
  )
  if (discovery.manifests.length > 0) return withNotes(readRows(path, discovery.manifests, tree), discovery)
  if (hasChoice) return withNotes(folders, discovery)
  const beside = manifestBeside(path)
  if (beside === undefined) return withoutManifest(path, folders, discovery, columnsNamed)
  const reading = readRows(path, [await openNamed(fileSource(beside), tree, options)], tree)
  return {
    ...reading,
    notes: [`Took the labels from ${quoted(beside)}, which lies beside the images`, ...reading.notes],
  }
}

/** A single folder is no choice of classes: it may be called `images`. */
function hasClasses({ items, emptyClasses }: Reading): boolean {
  return new Set([...items.map(({ className }) => className), ...emptyClasses]).size > 1
}

/** A manifest that someone named, or that lies outside the tree. */
interface Named {
  readonly name: string
  readonly source: Source
}

function fileSource(path: string): Named {
  return { name: path, source: { type: 'file', path } }
}

/** The path as given, or below the dataset, or inside the archive. */
function namedSource({ type, folder, tree }: Opened, labels: string | undefined): Named | undefined {
  if (labels === undefined) return undefined
  const paths = [labels, join(type === 'folder' ? folder : dirname(folder), labels)]
  const path = paths.find(candidate => existsSync(candidate))
  if (path !== undefined) return fileSource(path)
  const inside = tree.manifests.find(file => file.path === labels)
  if (inside !== undefined) return { name: labels, source: inside.source }
  throw unusable(
    labels,
    'there is no such file',
    'give the path of a CSV, TSV, JSON or JSONL file with --labels',
  )
}

async function openNamed({ name, source }: Named, tree: Tree, options: LabelOptions): Promise<Manifest> {
  const disk = source.type === 'file' ? dirname(source.path) : undefined
  const scope = ownFolder(source, tree) ?? scopeOf(stemOf(basename(name)), tree)
  const place = { name, scope, disk, split: null }
  return openManifest(await contentOf(name, source), place, tree, options)
}

/** The folder below the dataset's in which a manifest lies beside its images; undefined where there is none. */
function ownFolder(source: Source, { manifests, images }: Tree): string | undefined {
  const pathOf = (other: Source): string =>
    other.type === 'file' ? resolve(other.path) : `${resolve(other.archive)}/${other.entry}`
  const own = manifests.find(file => pathOf(file.source) === pathOf(source))
  const folder = own === undefined ? '' : folderOf(own.path)
  return folder !== '' && images.some(({ path }) => path.startsWith(`${folder}/`)) ? folder : undefined
}

async function contentOf(name: string, source: Source): Promise<Uint8Array> {
  try {
    return await readSource(source)
  } catch (error) {
    throw unusable(name, messageOf(error), undefined, error)
  }
}

function manifestBeside(path: string): string | undefined {
  const name = stemOf(basename(resolve(path)))
  const paths = ['csv', 'tsv', 'jsonl', 'ndjson'].map(extension =>
    join(dirname(path), `${name}.${extension}`),
  )
  return paths.find(candidate => existsSync(candidate))
}

/** A table that might have held the labels explains best why there are none. */
function withoutManifest(
  path: string,
  folders: Reading,
  { aside }: Discovery,
  columnsNamed: boolean,
): Reading {
  const [first] = aside
  if (first !== undefined) throw first
  if (!columnsNamed) return folders
  const problem = `${quoted(path)} has no CSV, TSV, JSON or JSONL file with labels`
  throw new UserError('usage', `Cannot look for columns: ${problem}`, { hint: 'name it with --labels' })
}

function withNotes(reading: Reading, { aside, unused }: Discovery): Reading {
  const notes = aside.map(reason => `${reason.message}, so it was not used for labels`)
  if (unused.length > 0)
    notes.push(`Left ${listed(unused)} aside: name one with --labels to take the labels from it`)
  return { ...reading, notes: [...reading.notes, ...notes] }
}
