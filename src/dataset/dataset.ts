/** A dataset from whatever the user has: a folder, a zip archive, a manifest, or Kaggle's folder of archives. */
import { UserError } from '../util/errors.ts'
import { listed, quoted } from '../util/words.ts'
import { unlabelled } from './folders.ts'
import type { Reading } from './items.ts'
import { type LabelOptions, readLabels } from './labels.ts'
import { oddNames } from './odd-names.ts'
import { noDataset, type Opened, openPath } from './open-path.ts'
import { compareAlphanumeric } from './order.ts'
import type { Tree } from './tree.ts'
import type { Dataset, Example } from './types.ts'
import { unusable } from './unusable.ts'

export interface DatasetOptions extends LabelOptions {
  /** The classes in the order that gives their indices; by default alphanumeric. */
  readonly classNames?: readonly string[] | undefined
}

/**
 * Reads what the examples are, without opening an image.
 *
 * Formats: `class/*`, `{train,val,test}/class/*`, a CSV, TSV, JSON or JSONL manifest, Hugging Face's ImageFolder with
 * `metadata.csv`, Kaggle's folder of archives, a zip of any of these, or images without labels.
 *
 * @throws UserError `data` when there is no image, or the labels cannot be told
 */
export async function readDataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  const opened = await openPath(path)
  if (opened.type === 'file') throw noDataset(path)
  if (opened.tree.images.length === 0 && opened.type !== 'manifest') throw noImage(path, opened.tree)
  const reading = await readLabels(path, opened, options)
  return datasetOf(path, opened.tree.notes, reading, options.classNames)
}

/**
 * Lists images to be classified, whatever their folders say: files, folders and zip archives.
 *
 * Ids are paths below a single folder or archive; else they start with the path as given. Of several paths, one that
 * is absent or gives no image is listed as missing, since the others are worth an answer.
 *
 * @throws UserError `data` when none holds an image
 */
export async function readImages(paths: readonly string[]): Promise<Dataset> {
  const readings = await Promise.all(
    paths.map(path => imagesBehind(path, paths.length === 1).catch(orMissing(path, paths.length > 1))),
  )
  const items = new Map(readings.flatMap(({ items }) => items.map(item => [item.id, item])))
  const notes = readings.flatMap(reading => reading.notes)
  const missing = readings.flatMap(reading => reading.missing)
  if (items.size === 0) throw unusable(missing[0]!.id, missing[0]!.reason)
  const reading = { ...unlabelled([]), items: [...items.values()], missing }
  return datasetOf(paths.join(' '), notes, reading, undefined)
}

async function imagesBehind(path: string, alone: boolean): Promise<Reading> {
  return imagesAt(path, await openPath(path), alone)
}

/** What to do about a path that gives no image. */
function orMissing(path: string, hasOthers: boolean): (error: unknown) => Reading {
  return error => {
    if (!(error instanceof UserError) || !hasOthers) throw error
    const reason = error.message.replace(`Cannot read ${quoted(path)}: `, '')
    return { ...unlabelled([]), missing: [{ id: path, reason }] }
  }
}

function imagesAt(path: string, { type, tree }: Opened, alone: boolean): Reading {
  if (type === 'manifest') throw unusable(path, 'it is no image', 'give image files, folders or zip archives')
  // A single file was named on purpose: whether it is an image is for decoding to say.
  const images = type === 'file' ? [{ path, source: { type, path } }] : tree.images
  if (images.length === 0) throw noImage(path, tree)
  const reading = unlabelled(images)
  const prefix = alone || type === 'file' ? '' : `${path.replace(/[\\/]+$/, '')}/`
  return {
    ...reading,
    items: reading.items.map(item => ({ ...item, id: prefix + item.id })),
    notes: tree.notes,
  }
}

function noImage(path: string, tree: Tree): UserError {
  const archives = tree.archives.map(file => file.path)
  if (archives.length > 0) {
    return unusable(
      path,
      `it holds no image but more archives: ${listed(archives)}`,
      'unpack it and give the folder',
    )
  }
  const tables = tree.manifests.map(file => file.path)
  const nothing = tables.length === 0 ? 'it is empty' : `nothing but ${listed(tables)}`
  const found = tree.notes.length === 0 ? nothing : tree.notes.join('; ')
  return unusable(
    path,
    `there is no image in it (${found})`,
    'put the images of each class into a folder of its own',
  )
}

function datasetOf(
  root: string,
  notes: readonly string[],
  reading: Reading,
  order: readonly string[] | undefined,
): Dataset {
  const present = new Set(reading.emptyClasses)
  for (const { className } of reading.items) if (className !== null) present.add(className)
  const classNames =
    order === undefined ? [...present].sort(compareAlphanumeric) : orderedBy(root, order, present)
  const labels = new Map(classNames.map((name, label) => [name, label]))
  const examples = reading.items.map(({ id, source, className, split }): Example => {
    return { id, source, label: className === null ? null : labels.get(className)!, split }
  })
  const allNotes = [...notes, ...reading.notes, ...oddNames(classNames)]
  const { format, missing, columns } = reading
  const dataset = { root, format, classNames, examples, missing, notes: allNotes }
  return columns === undefined ? dataset : { ...dataset, columns }
}

function orderedBy(root: string, order: readonly string[], present: ReadonlySet<string>): string[] {
  const names = order.map(name => name.normalize('NFC'))
  const repeated = names.find((name, index) => name === '' || names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new UserError('usage', `Cannot order the classes: ${quoted(repeated)} is empty or named twice`)
  }
  const others = [...present].filter(name => !names.includes(name)).sort(compareAlphanumeric)
  if (others.length === 0) return names
  const hint = `its classes are ${listed([...present].sort(compareAlphanumeric), 10)}`
  throw unusable(
    root,
    `it has classes that the given names ${listed(names)} leave out: ${listed(others)}`,
    hint,
  )
}
