/** A lock file that names its process, so that one left by a dead process can be told and taken over. */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Takes a lock unless a live process holds it.
 *
 * @returns the function that releases it, or null when it is held
 * @throws the file system's error when the lock cannot be written
 */
export function tryLock(path: string): (() => void) | null {
  const seen = contentOf(path)
  if (seen !== null && isHeld(seen)) return null
  if (seen !== null) discard(path, seen)
  const mine = JSON.stringify({ ...self(), token: randomUUID() })
  if (!putNew(path, mine)) return null // another was quicker
  return () => {
    if (contentOf(path) === mine) rmSync(path, { force: true })
  }
}

/** Makes a file with this content at once, so that nobody reads a part of it. @returns false when there is one already */
function putNew(path: string, content: string): boolean {
  const aside = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    writeFileSync(aside, content)
    linkSync(aside, path)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!noLinks.has(code)) throw error
    return putNewInParts(path, content)
  } finally {
    rmSync(aside, { force: true })
  }
}

/** How file systems without hard links, such as FAT, refuse them. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

function putNewInParts(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Whether a live process holds the lock. */
export function isLocked(path: string): boolean {
  const content = contentOf(path)
  return content !== null && isHeld(content)
}

interface Holder {
  readonly host: string
  readonly pid: number
  /** When the process started, in the kernel's units; tells it from a later one of the same number. */
  readonly started: string | null
}

const self = (): Holder => ({ host: hostname(), pid: process.pid, started: startOf(process.pid) })

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** A lock of another machine counts as held, as nothing can be known about it; an unreadable one does not. */
function isHeld(content: string): boolean {
  const holder = parse(content)
  if (holder === null) return false
  if (holder.host !== hostname()) return true
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started
}

function parse(content: string): Holder | null {
  try {
    const { host, pid, started } = JSON.parse(content)
    return typeof host === 'string' && Number.isInteger(pid) ? { host, pid, started } : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of Linux's /proc/PID/stat, counted after the name, which may hold spaces; null on other systems. */
function startOf(pid: number): string | null {
  const stat = contentOf(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

/** Removes a stale lock; should it be another's fresh one by now, puts that back. */
function discard(path: string, stale: string): void {
  const aside = `${path}.${randomUUID().slice(0, 8)}`
  try {
    renameSync(path, aside)
    if (contentOf(aside) !== stale) linkSync(aside, path)
  } catch {
    // another process has already dealt with it
  }
  rmSync(aside, { force: true })
}
