/** Published weights in the user's cache: downloaded once, checked ever after. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../../util/files.ts'
import { homeFolder } from '../../util/home.ts'
import { type Download, downloadFile } from './download.ts'
import { readWeights } from './read.ts'
import type { PublishedWeights } from './registry.ts'
import type { WeightFile } from './types.ts'

export interface FetchPublished
  extends Pick<Download, 'signal' | 'onProgress' | 'fetch' | 'sleep' | 'stallMilliseconds'> {
  /** The cache, see `weightsCache`. */
  readonly folder: string
}

export interface FetchedWeights {
  readonly weights: WeightFile
  readonly sha256: string
  /** `cached` was there; `checked` matches the publisher's checksum; `pinned` is the first copy of a file without one. */
  readonly how: 'cached' | 'checked' | 'pinned'
}

/**
 * Published weights, from the cache or from their publisher.
 *
 * Where the publisher gives no checksum, the first download that can be read is trusted and its SHA-256 is kept beside
 * it (`FILE.sha256`, in the form of sha256sum); later copies must match it.
 *
 * @throws UserError `network` with the place to put the file by hand, `weights` when it cannot be read
 */
export async function fetchPublished(
  entry: PublishedWeights,
  options: FetchPublished,
): Promise<FetchedWeights> {
  const { folder, ...rest } = options
  const destination = join(folder, entry.fileName)
  const pin = `${destination}.sha256`
  const expected = entry.sha256 ?? readPin(pin)
  const { url, bytes } = entry
  const { sha256, cached } = await downloadFile({ ...rest, url, bytes, destination, sha256: expected })
  const weights = await readOrRemove(destination, cached)
  if (expected === null) writeFileAtomic(pin, `${sha256}  ${entry.fileName}\n`)
  return { weights, sha256, how: expected === null ? 'pinned' : cached ? 'cached' : 'checked' }
}

/**
 * The folder where downloaded weights are kept: `GRAFT_CACHE/weights`, else the platform's place for caches
 * (XDG base directories, ~/Library/Caches, %LOCALAPPDATA%).
 */
export function weightsCache(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: string = homeFolder(),
): string {
  if (env['GRAFT_CACHE']) return join(env['GRAFT_CACHE'], 'weights')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'graft', 'weights')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'graft', 'weights')
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'graft', 'weights')
}

/** A fresh download that is no weights is removed, so that it is not pinned; a file put there by hand is left. */
async function readOrRemove(path: string, cached: boolean): Promise<WeightFile> {
  try {
    return await readWeights(path)
  } catch (error) {
    if (!cached) rmSync(path, { force: true })
    throw error
  }
}

function readPin(path: string): string | null {
  if (!existsSync(path)) return null
  return /^[0-9a-f]{64}/.exec(readFileSync(path, 'utf8'))?.[0] ?? null
}
