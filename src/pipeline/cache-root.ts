/** Where caches are kept, and keeping them small. */
import { accessSync, constants, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { messageOf, UserError } from '../util/errors.ts'
import { makeFolder } from '../util/files.ts'
import { homeFolder } from '../util/home.ts'
import { isLocked } from './lock.ts'
import { lockName, rowsName } from './row-store.ts'

/**
 * The folder for everything that can be made again: `GRAFT_CACHE`, else the platform's place (XDG base directories,
 * ~/Library/Caches, %LOCALAPPDATA%).
 */
export function cacheRoot(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: string = homeFolder(),
): string {
  const { GRAFT_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env
  if (own) return own
  if (platform === 'win32') return join(local || join(home, 'AppData', 'Local'), 'graft')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'graft')
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.cache'), 'graft') // a relative one is to be ignored
}

/**
 * The cache's folder, made where it is absent.
 *
 * @param given by the user; undefined: the usual place
 * @throws UserError `storage` when it cannot be written
 */
export function readyCache(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const root = resolve(given ?? cacheRoot(env))
  try {
    makeFolder(root)
    accessSync(root, constants.W_OK)
  } catch (error) {
    throw new UserError('storage', `Cannot write to the cache "${root}": ${messageOf(error)}`, {
      hint: 'name another folder with --cache, or in the variable GRAFT_CACHE',
      cause: error,
    })
  }
  return root
}

/** A store that was used this shortly ago may be opened again by the same run: in milliseconds. */
const recent = 3_600_000

interface Store {
  readonly folder: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly used: number
}

/**
 * Removes row stores below a folder, the longest unused first, until the others take `maxBytes` or less. A store
 * that a process has open, or that was used in the last hour, is left.
 *
 * @param now milliseconds since 1970
 * @returns the removed folders
 */
export function pruneCache(root: string, maxBytes: number, now: number): string[] {
  const stores = storesBelow(root)
  let total = stores.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: string[] = []
  for (const { folder, bytes, used } of stores.sort((a, b) => a.used - b.used)) {
    if (total <= maxBytes) break
    if (now - used < recent || isLocked(join(folder, lockName))) continue
    rmSync(folder, { recursive: true, force: true })
    removed.push(folder)
    total -= bytes
  }
  return removed
}

/** The folders that hold a `rows.bin`. */
function storesBelow(root: string): Store[] {
  if (!existsSync(root)) return []
  const entries = readdirSync(root, { recursive: true, withFileTypes: true, encoding: 'utf8' })
  const folders = entries
    .filter(entry => entry.name === rowsName)
    .map(entry => entry.parentPath ?? entry.path)
  return folders.map(folder => {
    const files = readdirSync(folder).map(name => statSync(join(folder, name)))
    return {
      folder,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      used: Math.max(...files.map(({ mtimeMs }) => mtimeMs)),
    }
  })
}
