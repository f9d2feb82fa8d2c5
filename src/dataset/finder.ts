/** From an id in a manifest to the image it names, with or without folders and extension. */
import { withoutImageExtension } from './kinds.ts'
import { folderOf } from './layout.ts'
import type { TreeFile } from './tree.ts'

/** The image that an id names; two when several fit alike; none when nothing fits. */
export type Finder = (id: string) => readonly TreeFile[]

/** How a path is written for comparison, the strictest first. */
const forms: readonly ((path: string) => string)[] = [
  path => path.normalize('NFC'),
  path => withoutImageExtension(path.normalize('NFC')),
  path => path.normalize('NFC').toLowerCase(),
  path => withoutImageExtension(path.normalize('NFC')).toLowerCase(),
]
/** From this form on, case does not count. */
const firstFolded = 2

interface FormIndex {
  readonly whole: ReadonlyMap<string, readonly TreeFile[]>
  /** By every ending that starts after a `/`. */
  readonly endings: ReadonlyMap<string, readonly TreeFile[]>
}

/** Images by their paths in each form, made when first asked for. */
export type ImageIndex = (form: number) => FormIndex

export function indexImages(images: readonly TreeFile[]): ImageIndex {
  const made: (FormIndex | undefined)[] = []
  return form => (made[form] ??= indexed(images, forms[form]!))
}

/**
 * Looks ids up in the order that leaves least to chance: as written before without extension before without case; in
 * the near folders before anywhere; with the folders they name before without those that all ids share.
 *
 * Folders in which ids differ are never ignored, so that a missing `dogs/1.jpg` is not mistaken for `cats/1.jpg`.
 *
 * @param near folders in which an id is looked up first, as `a/b`; the empty one is the root
 * @param commonFolder what `commonFolderOf` says of all ids
 */
export function finderOf(index: ImageIndex, near: readonly string[], commonFolder: string): Finder {
  return id => {
    const names = spellings(id, commonFolder)
    for (let form = 0; form < forms.length; form++) {
      const written = form < firstFolded ? nfc : folded
      const found = lookUp(index(form), names.map(written), near.map(written))
      if (found.length > 0) return found
    }
    return []
  }
}

/** The folders that all ids start with; empty when they share none. */
export function commonFolderOf(ids: readonly string[]): string {
  let common = folderOf(slashed(ids[0] ?? ''))
  for (const id of ids) {
    while (common !== '' && !slashed(id).startsWith(`${common}/`)) common = folderOf(common)
  }
  return common
}

function lookUp(index: FormIndex, names: readonly string[], near: readonly string[]): readonly TreeFile[] {
  for (const name of names) {
    for (const folder of near) {
      const found = index.whole.get(folder === '' ? name : `${folder}/${name}`)
      if (found !== undefined) return found
    }
    const found = index.endings.get(name)
    if (found !== undefined) return found
  }
  return []
}

/** The id as written, then trimmed and with `/`, then with less and less of the common folder. */
function spellings(id: string, commonFolder: string): string[] {
  const path = slashed(id)
  const names = [id, path]
  let rest = path
  for (let folder = commonFolder; folder !== '' && rest.includes('/'); folder = folderOf(folder)) {
    rest = rest.slice(rest.indexOf('/') + 1)
    names.push(rest)
  }
  return [...new Set(names)].filter(name => name !== '')
}

function indexed(images: readonly TreeFile[], form: (path: string) => string): FormIndex {
  const whole = new Map<string, TreeFile[]>()
  const endings = new Map<string, TreeFile[]>()
  for (const image of images) {
    const path = form(image.path)
    append(whole, path, image)
    for (let start = 0; start >= 0; start = after(path, start)) append(endings, path.slice(start), image)
  }
  return { whole, endings }
}

/** Two are enough to know that a name is ambiguous; more would cost memory where thousands share it. */
function append(map: Map<string, TreeFile[]>, key: string, image: TreeFile): void {
  const images = map.get(key)
  if (images === undefined) map.set(key, [image])
  else if (images.length < 2) images.push(image)
}

function after(path: string, start: number): number {
  const slash = path.indexOf('/', start)
  return slash < 0 ? -1 : slash + 1
}

function slashed(id: string): string {
  return id
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '')
}

function nfc(name: string): string {
  return name.normalize('NFC')
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
