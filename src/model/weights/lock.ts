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
    if (isAlive(holderOf(path))) throw heldBy(path, holderOf(path))
    rmSync(path, { force: true })
    if (!claim(path)) throw heldBy(path, holderOf(path))
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

function holderOf(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return Number.NaN // released just now
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function heldBy(path: string, pid: number): UserError {
  return new UserError('storage', `Another process (${pid}) is at work on "${path.replace(/\.lock$/, '')}"`, {
    hint: `wait for it to finish; if there is none, remove "${path}"`,
  })
}
