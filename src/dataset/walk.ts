/** Every file below a folder: links followed, loops not, hidden folders left alone. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../util/errors.ts'
import { isHidden } from './kinds.ts'
import { compareCodeUnits } from './order.ts'
import { unusable } from './unusable.ts'

export interface Walk {
  /** Paths of plain files below the root, with `/` between folders; in no particular order. */
  readonly files: readonly string[]
  /** Folders that hold nothing at all. */
  readonly emptyFolders: readonly string[]
  /** Folders that were not entered: their names start with a dot, or an operating system made them. */
  readonly hiddenFolders: readonly string[]
  /** Links that lead nowhere, or to a folder that is read under another name. */
  readonly deadLinks: readonly string[]
}

/**
 * Lists a folder and all below it. Each real folder is read once, by its own path before any link's, so links in a
 * circle end; pipes, sockets and devices are left out.
 *
 * @throws UserError `data` when a folder cannot be read
 */
export async function walkFolder(root: string): Promise<Walk> {
  const found = { files: [] as string[], emptyFolders: [] as string[], hiddenFolders: [] as string[] }
  const deadLinks: string[] = []
  const read = new Set<string>()
  let links: string[] = ['']
  while (links.length > 0) {
    let next: string[] = []
    for (const link of links.sort(compareCodeUnits)) {
      const type = await typeOf(join(root, link))
      if (type === 'file') found.files.push(link)
      else if (type === 'nothing' || read.has(await realpath(join(root, link)))) deadLinks.push(link)
      else next = next.concat(await walkReal(root, link, read, found))
    }
    links = next
  }
  return { ...found, deadLinks }
}

/** Reads a folder and the real folders below it; returns the links met on the way. */
async function walkReal(
  root: string,
  start: string,
  read: Set<string>,
  found: { files: string[]; emptyFolders: string[]; hiddenFolders: string[] },
): Promise<string[]> {
  const links: string[] = []
  const pending = [start]
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { real, entries } = await readFolder(root, folder)
    if (read.has(real)) continue
    read.add(real)
    if (entries.length === 0) found.emptyFolders.push(folder)
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isFile()) found.files.push(path)
      else if (isHidden(entry.name)) found.hiddenFolders.push(path)
      else if (entry.isDirectory()) pending.push(path)
      else if (entry.isSymbolicLink()) links.push(path)
    }
  }
  return links
}

async function readFolder(root: string, folder: string): Promise<{ real: string; entries: Dirent[] }> {
  const path = join(root, folder)
  try {
    return { real: await realpath(path), entries: await readdir(path, { withFileTypes: true }) }
  } catch (error) {
    const hint = path.includes('\uFFFD')
      ? 'rename it: its name is not UTF-8'
      : 'check that you may read the folder'
    throw unusable(path, messageOf(error), hint, error)
  }
}

async function typeOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  try {
    const stats = await stat(path)
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'nothing'
  } catch {
    return 'nothing'
  }
}
