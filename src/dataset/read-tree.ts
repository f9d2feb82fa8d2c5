/** The trees of a folder, of a zip archive, and of a folder that holds archives side by side. */
import { basename, join } from 'node:path'
import { counted, listed, quoted } from '../util/words.ts'
import { kindOf, stemOf } from './kinds.ts'
import { joinedListings, type Listing, type Tree, type TreeFile, treeOf } from './tree.ts'
import { walkFolder } from './walk.ts'
import { readZipDirectory } from './zip.ts'

/**
 * The files below a folder. Where it holds archives and no image of its own, as Kaggle delivers data, each archive
 * stands for a folder of its name: `train.zip` for `train/`.
 *
 * @throws UserError `data` when a folder or an archive cannot be read
 */
export async function readFolderTree(root: string): Promise<Tree> {
  const listing = await listFolder(root)
  const tree = treeOf(listing)
  const archives = tree.archives.filter(file => !file.path.includes('/'))
  if (archives.length === 0) return tree
  if (tree.images.length > 0) {
    const names = listed(archives.map(file => file.path))
    return { ...tree, notes: [...tree.notes, `Left ${names} closed: the folder holds images itself`] }
  }
  const mounted = await Promise.all(
    archives.map(file => listArchive(join(root, file.path), stemOf(file.path))),
  )
  const files = listing.files.filter(file => !archives.some(archive => archive.path === file.path))
  return treeOf(joinedListings([{ ...listing, files }, ...mounted]))
}

/**
 * The files of an archive. A single outer folder of the archive's own name is left out of the paths, so that
 * `photos.zip` and the folder `photos` that it unpacks to give the same ones.
 *
 * @throws UserError `data` when the archive cannot be read
 */
export async function readZipTree(archive: string): Promise<Tree> {
  return treeOf(await listArchive(archive, ''))
}

async function listFolder(root: string): Promise<Listing> {
  const { files, emptyFolders, hiddenFolders, deadLinks } = await walkFolder(root)
  const links = counted(deadLinks.length, 'link')
  return {
    files: files.map((path): TreeFile => ({ path, source: { type: 'file', path: join(root, path) } })),
    emptyFolders,
    hiddenFolders,
    notes:
      deadLinks.length === 0
        ? []
        : [`Skipped ${links} to nothing, or to a folder that is already read: ${listed(deadLinks)}`],
  }
}

/** @param mount the folder that the archive stands for; empty for the root */
async function listArchive(archive: string, mount: string): Promise<Listing> {
  const { files, folders, unsafe, repeated } = await readZipDirectory(archive)
  const outer = `${stemOf(basename(archive))}/`
  const visible = files.filter(file => kindOf(file.path) !== 'hidden')
  const cut = visible.length > 0 && visible.every(file => file.path.startsWith(outer)) ? outer.length : 0
  const placed = (path: string): string => (mount === '' ? path.slice(cut) : `${mount}/${path.slice(cut)}`)
  const skipped = `Skipped ${counted(unsafe.length, 'entry', 'entries')} of ${quoted(archive)}, links or names that lead outside it: ${listed(unsafe)}`
  const twice = repeated.filter(path => kindOf(path) !== 'hidden')
  const last = `Took the last of several files of one name in ${quoted(archive)}: ${listed(twice, 5)}`
  return {
    files: files.map(file => (kindOf(file.path) === 'hidden' ? file : { ...file, path: placed(file.path) })),
    emptyFolders: emptyOf(files, folders).map(placed),
    hiddenFolders: [],
    notes: [...(unsafe.length === 0 ? [] : [skipped]), ...(twice.length === 0 ? [] : [last])],
  }
}

/** The folders that an archive names and puts nothing into. */
function emptyOf(files: readonly TreeFile[], folders: readonly string[]): string[] {
  const used = new Set<string>()
  for (const path of [...files.map(file => file.path), ...folders]) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      used.add(path.slice(0, end))
  }
  return folders.filter(folder => !used.has(folder) && kindOf(folder) !== 'hidden')
}
