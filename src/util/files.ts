/** Files that are complete or absent: written aside, flushed, then renamed. */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { messageOf, UserError } from './errors.ts'

/**
 * Writes a file so that any reader, also after power loss, finds the old content or the new, never a part.
 *
 * @throws UserError `storage` that names the file, when the folder cannot be written or the disk is full
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const aside = asideOf(path)
  try {
    makeFolder(dirname(path))
    writeFlushed(aside, typeof content === 'string' ? Buffer.from(content) : content)
    renameSync(aside, path)
    flushFolder(dirname(path))
  } catch (error) {
    removeQuietly(aside)
    throw storageError('write', path, error)
  }
}

/**
 * Writes a file that a user named: as {@link writeFileAtomic}, but through links, and straight into what is no plain
 * file, such as a pipe or a terminal.
 *
 * @throws UserError `storage` that names the file
 */
export function writeNamedFile(path: string, content: string | Uint8Array): void {
  const isPlain = !isStream.test(path) && (statOf(path)?.isFile() ?? true)
  if (isPlain || isFolder(path)) writeFileAtomic(behindLinks(path), content)
  else writeThrough(path, content)
}

/** What the process has open already, under its names: added to, also where the shell has led it into a file. */
const isStream = /^\/(dev\/(stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw storageError('write', path, error)
  }
}

function writeThrough(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { flag: isStream.test(path) ? 'a' : 'w' })
  } catch (error) {
    throw storageError('write', path, error)
  }
}

/** Where a link leads, also to what is not there yet; the path itself where it is none. */
function behindLinks(path: string): string {
  try {
    if (!lstatSync(path).isSymbolicLink()) return path
    return existsSync(path)
      ? realpathSync(path)
      : behindLinks(resolve(realpathSync(dirname(path)), readlinkSync(path)))
  } catch {
    return path
  }
}

const asideOf = (path: string): string => `${path}.${randomUUID().slice(0, 8)}.part`

/** Removes what a killed process was writing aside, from a folder in which nobody else writes. */
export function removeLeftovers(folder: string): void {
  if (!isFolder(folder)) return
  const leftovers = readdirSync(folder).filter(name => /\.[0-9a-f]{8}\.part$/.test(name))
  for (const name of leftovers) removeQuietly(join(folder, name))
}

/**
 * Makes a folder and those above it, where they are absent.
 *
 * Node's own recursive `mkdirSync` never ends where a folder refuses children as absent, as Linux's /proc does.
 *
 * @throws the file system's error, such as ENOTDIR where a plain file stands in the way
 */
export function makeFolder(path: string): void {
  const absent: string[] = []
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) {
    absent.push(at)
    if (at === dirname(at)) break
  }
  for (const folder of absent.reverse()) makeOne(folder)
}

/** Another process may have made it a moment ago. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!isFolder(folder)) throw error
  }
}

/** False also for what cannot be looked at: making it then fails with the reason. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Removes a file if it can; a failure is no news where another one is being told. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder is no folder, or cannot be written either.
  }
}

/** A storage failure in the user's words, with what to do about the common causes. */
export function storageError(action: string, path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException)?.code
  const hints: Readonly<Record<string, string>> = {
    ENOSPC: 'free some space on the disk, then run the command again',
    EACCES: 'choose a folder that you may write to',
    EROFS: 'choose a folder that you may write to',
    EPERM: 'choose a folder that you may write to',
    ENOTDIR: 'a file stands where a folder is wanted: choose another folder',
    EEXIST: 'a file stands where a folder is wanted: choose another folder',
    EDQUOT: 'your disk quota is used up: free some space, then run the command again',
  }
  const hint = code === undefined ? undefined : hints[code]
  return new UserError('storage', `Cannot ${action} "${path}": ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

function writeFlushed(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  try {
    let written = 0
    while (written < bytes.length) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a rename in the folder durable; Windows has no such call and needs none. */
export function flushFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
