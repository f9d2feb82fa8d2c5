/** From the path that a user gives to the files behind it. */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { messageOf } from '../util/errors.ts'
import { extensionOf, kindOf } from './kinds.ts'
import { readFolderTree, readZipTree } from './read-tree.ts'
import { type Tree, treeOf } from './tree.ts'
import { unusable } from './unusable.ts'

/** What a path turned out to be. */
export interface Opened {
  readonly type: 'folder' | 'archive' | 'manifest' | 'file'
  /** The folder that holds the images or, for an archive, the archive. */
  readonly folder: string
  /** Empty for a single file. */
  readonly tree: Tree
}

const wanted = 'a folder, a zip archive, or a CSV, TSV, JSON or JSONL file'

/**
 * Opens a folder, a zip archive, a manifest (with the folder it lies in) or a single file.
 *
 * @throws UserError `data` when there is nothing, or it cannot be read
 */
export async function openPath(path: string): Promise<Opened> {
  const stats = statsOf(path)
  if (stats.isDirectory()) return { type: 'folder', folder: path, tree: await readFolderTree(path) }
  if (!stats.isFile()) throw unusable(path, `it is no plain file; wanted ${wanted}`)
  const kind = kindOf(basename(path))
  if (kind === 'archive' || startsAsZip(path))
    return { type: 'archive', folder: path, tree: await readZipTree(path) }
  const folder = dirname(path)
  if (kind === 'manifest' || extensionOf(path) === 'json')
    return { type: 'manifest', folder, tree: await readFolderTree(folder) }
  return { type: 'file', folder, tree: treeOf({ files: [], emptyFolders: [], hiddenFolders: [], notes: [] }) }
}

/** The refusal of a single file where a dataset is wanted. */
export function noDataset(path: string): Error {
  const packed = /^(tar|gz|tgz|bz2|xz|zst|7z|rar)$/.test(extensionOf(path))
  return unusable(path, `wanted ${wanted}`, packed ? 'unpack it and give the folder' : undefined)
}

function statsOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw unusable(path, absent ? 'there is no such file or folder' : messageOf(error), undefined, error)
  }
}

/** Content, not the name, tells an archive: a local file header, or the end record of an empty archive. */
function startsAsZip(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4)
    readSync(file, head, 0, 4, 0)
    return ['PK\u0003\u0004', 'PK\u0005\u0006'].includes(head.toString('latin1'))
  } finally {
    closeSync(file)
  }
}
