/** One process at a time: a file that holds the number of the process that works beside it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { UserError } from '../../util/errors.ts'
import { storageError } from '../../util/files.ts'

/**
 * Runs the work while holding the lock. A lock whose process is gone is taken over.
 *
 * @throws UserError `storage` when another process holds it, or it cannot be written
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (!claim(path)) {
    const holder = holderOf(path)
    if (holder !== null && isGone(holder)) rmSync(path, { force: true })
    if (!claim(path)) throw heldBy(path, holder)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function claim(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw storageError('write', path, error)
  }
}

/** The process's number; null when the lock was released just now, or does not hold its number yet. */
function holderOf(path: string): number | null {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || null
  } catch {
    return null
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM' // it is there, and somebody else's
  }
}

function heldBy(path: string, pid: number | null): UserError {
  const who = pid === null ? 'Another process' : `Another process (${pid})`
  return new UserError('storage', `${who} is at work on "${path.replace(/\.lock$/, '')}"`, {
    hint: `wait for it to finish; if there is none, remove "${path}"`,
  })
}
