/** The manifests that lie among a dataset's own files, told from tables that only look like one. */
import { UserError } from '../util/errors.ts'
import { listed } from '../util/words.ts'
import { type ColumnOptions, hasUsualLabel } from './columns.ts'
import { stemOf } from './kinds.ts'
import { folderOf, layoutOf } from './layout.ts'
import { type Manifest, openManifest } from './open-manifest.ts'
import { readSource } from './source.ts'
import { MisspeltSplit } from './split-column.ts'
import { splitNameOf } from './split-name.ts'
import type { Tree, TreeFile } from './tree.ts'
import type { SplitName } from './types.ts'
import { unusable } from './unusable.ts'

export interface Discovery {
  /** To be used together; empty when the folders have to say. */
  readonly manifests: readonly Manifest[]
  /** Why tables among the files cannot be used. */
  readonly aside: readonly UserError[]
  /** Paths of tables that could be used, were others not likelier. */
  readonly unused: readonly string[]
}

interface Candidate {
  readonly path: string
  readonly manifest: Manifest
  /** Whether it is Hugging Face's `metadata.csv`, whose paths start from its own folder. */
  readonly isImageFolder: boolean
  /** Whether it lies in a folder around the one where the dataset starts. */
  readonly isOuter: boolean
}

/** Names that say "labels of these images", the most usual first; `-` and `_` aside. */
const usualStems = ['train', 'training', 'labels', 'trainlabels', 'annotations', 'data', 'metadata']

/**
 * Looks for Hugging Face's `metadata.csv` or `.jsonl` in any folder, else for a manifest where the dataset starts, or in a folder around it:
 * `train.csv`, with `val.csv` and `test.csv` where those are labelled too; `labels.csv`; or the only one there is.
 *
 * @param folders what the folders give: beside classes, tables of unusual names are left aside, and around them those
 *   that do not label nearly all images by a usual column; around splits, all are
 * @throws UserError `data` when several would do
 */
export async function discoverManifests(
  tree: Tree,
  options: ColumnOptions,
  folders: 'nothing' | 'classes' | 'splits',
): Promise<Discovery> {
  const { base } = layoutOf(tree)
  const onlyUsual = folders !== 'nothing'
  const aside: UserError[] = []
  const candidates: Candidate[] = []
  for (const file of tree.manifests) {
    const folder = folderOf(file.path)
    const isOuter = folder !== base && (folder === '' || base.startsWith(`${folder}/`))
    if (isOuter && folders === 'splits' && !isMetadata(file.path)) continue
    const isAround = (folder === base || isOuter) && !/submission/i.test(stemOf(file.path))
    if (!isMetadata(file.path) && !isAround) continue
    try {
      const manifest = await openFile(file, tree, options)
      if (isOuter && onlyUsual && !labelsAll(manifest, tree)) continue
      const isImageFolder = isMetadata(file.path) && manifest.table.columns.includes('file_name')
      if (isAround || isImageFolder) candidates.push({ path: file.path, manifest, isImageFolder, isOuter })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      if (error instanceof MisspeltSplit && (!onlyUsual || isUsual(file.path))) throw error
      aside.push(error)
    }
  }
  const inner = candidates.filter(candidate => !candidate.isOuter)
  const manifests = chosen(inner.length > 0 ? inner : candidates, onlyUsual)
  const used = new Set(manifests.map(({ table }) => table.name))
  return { manifests, aside, unused: candidates.map(({ path }) => path).filter(path => !used.has(path)) }
}

/**
 * The folder of the tree that a manifest's name points to: `train/` or `train_images/` for `train.csv` and
 * `train_labels.csv`; empty for the root, and for names that say nothing of a split.
 */
export function scopeOf(stem: string, tree: Tree): string {
  const word = stem.toLowerCase().replace(/[_ -]?labels$/, '')
  if (splitNameOf(word) === undefined) return ''
  const { base, folders } = layoutOf(tree)
  const alike = folders.filter(folder => folder.name.toLowerCase().startsWith(word))
  const exact = alike.filter(folder => folder.name.toLowerCase() === word)
  const [only, ...others] = exact.length > 0 ? exact : alike
  if (only === undefined || others.length > 0) return ''
  return base === '' ? only.name : `${base}/${only.name}`
}

async function openFile(file: TreeFile, tree: Tree, options: ColumnOptions): Promise<Manifest> {
  const folder = folderOf(file.path)
  const metadata = isMetadata(file.path)
  const place = {
    name: file.path,
    scope: metadata ? folder : scopeOf(stemOf(file.path), tree),
    disk: undefined,
    split: metadata ? splitOfFolder(folder) : (splitNameOf(stemOf(file.path)) ?? null),
  }
  return openManifest(await readSource(file.source), place, tree, options)
}

function chosen(candidates: readonly Candidate[], onlyUsual: boolean): readonly Manifest[] {
  const imageFolder = candidates.filter(candidate => candidate.isImageFolder)
  if (imageFolder.length > 0) return imageFolder.map(({ manifest }) => manifest)
  const splits = candidates.filter(({ manifest }) => manifest.split !== null)
  if (splits.length > 1 && splits.some(({ manifest }) => manifest.split === 'train')) {
    return splits.map(({ manifest }) => manifest)
  }
  const usual = candidates.filter(({ path }) => isUsual(path)).sort((a, b) => rank(a.path) - rank(b.path))
  const [first, ...others] = usual.length > 0 ? usual.slice(0, 1) : onlyUsual ? [] : candidates
  if (others.length > 0) {
    const names = listed(candidates.map(({ path }) => path))
    throw unusable(names, 'each of them may hold the labels', 'choose one with --labels')
  }
  // Alone, `train.csv` labels the data and leaves its split open.
  return first === undefined ? [] : [{ ...first.manifest, split: null }]
}

/** The place of a name among the usual ones, the most usual first; negative for others. */
function rank(path: string): number {
  return usualStems.indexOf(stemOf(path).toLowerCase().replace(/[_-]/g, ''))
}

const isUsual = (path: string): boolean => rank(path) >= 0

/** A table around folders that may be classes is about all of the images, and says of what class they are. */
function labelsAll({ table }: Manifest, { images }: Tree): boolean {
  return hasUsualLabel(table) && table.rows.length >= 0.9 * images.length
}

function isMetadata(path: string): boolean {
  return stemOf(path).toLowerCase() === 'metadata'
}

function splitOfFolder(folder: string): SplitName | null {
  const splits = folder.split('/').map(splitNameOf)
  return splits.find(split => split !== undefined) ?? null
}
