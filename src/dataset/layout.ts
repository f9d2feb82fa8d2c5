/** How the folders of a dataset are laid out: where it starts, and whether its folders are classes, splits or neither. */
import { splitNameOf } from './split-name.ts'
import type { Tree, TreeFile } from './tree.ts'

/** A folder right below the base that holds images. */
export interface TopFolder {
  readonly name: string
  /** Images in the folder itself. */
  direct: number
  /** Images in folders below it. */
  nested: number
}

export interface Layout {
  /** The folder under which the dataset really starts: empty for the root, else `outer/photos`. */
  readonly base: string
  readonly folders: readonly TopFolder[]
  /** Images outside any folder. */
  readonly loose: number
}

/**
 * Outer folders that hold nothing but a single folder are no part of the dataset: they appear when an archive is
 * unpacked. A folder whose name says train, validation or test is kept, as is one that holds images itself, unless a
 * manifest lies beside them.
 */
export function layoutOf(tree: Tree): Layout {
  const base = baseOf(tree)
  return { base, ...topOf(tree.images, base) }
}

function baseOf(tree: Tree): string {
  let base = ''
  for (;;) {
    const { folders, loose } = topOf(tree.images, base)
    const [only] = folders
    if (only === undefined || folders.length > 1 || loose > 0 || splitNameOf(only.name) !== undefined)
      return base
    const inner = base === '' ? only.name : `${base}/${only.name}`
    const manifests = tree.manifests.filter(file => folderOf(file.path) === inner)
    if (only.direct > 0 && manifests.length === 0) return base
    base = inner
  }
}

function topOf(images: readonly TreeFile[], base: string): { folders: TopFolder[]; loose: number } {
  const folders = new Map<string, TopFolder>()
  let loose = 0
  for (const { path } of images) {
    const [top, ...rest] = partsBelow(path, base)
    if (rest.length === 0) loose++
    else {
      const folder = folders.get(top!) ?? { name: top!, direct: 0, nested: 0 }
      if (rest.length === 1) folder.direct++
      else folder.nested++
      folders.set(top!, folder)
    }
  }
  return { folders: [...folders.values()], loose }
}

/** True when the folders are classes: not all are splits, and images beside a single folder make it no class. */
export function isLabelled({ folders, loose }: Layout): boolean {
  const onlySplits = folders.every(folder => splitNameOf(folder.name) !== undefined)
  return !onlySplits && (folders.length > 1 || loose === 0)
}

/** The parts of a path below the base; one empty part for a path that is not below it. */
export function partsBelow(path: string, base: string): string[] {
  if (base === '') return path.split('/')
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1).split('/') : ['']
}

/** The folder of a path; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
