/**
 * One file over HTTP: resumed where it was cut, retried, checked, and on the disk either whole or not at all.
 *
 * Ranges and validators: RFC 9110, sections 13.1.5 (If-Range) and 14 (Range requests).
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { UserError } from '../../util/errors.ts'
import { flushFolder, makeFolder, storageError } from '../../util/files.ts'
import { Transient } from './download-answer.ts'
import { type DownloadProgress, type Fetch, fetchPart } from './download-part.ts'
import { withLock } from './lock.ts'

export interface Download {
  readonly url: string
  /** Lower-case hexadecimal; null when the publisher gives none. */
  readonly sha256: string | null
  /** The file's size; null when it is not known. */
  readonly bytes: number | null
  /** Where the finished file goes. While it grows, it lies beside it as `.part`. */
  readonly destination: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DownloadProgress) => void
  /** For tests; the default is the platform's. */
  readonly fetch?: Fetch
  /** Waits before another attempt, for tests; rejects when the signal aborts. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
  /** A connection that sends nothing for so long counts as cut; 30,000 ms by default. */
  readonly stallMilliseconds?: number
}

export interface Downloaded {
  readonly path: string
  /** Of the file's content, as found on the disk. */
  readonly sha256: string
  /** Whether it was there already. */
  readonly cached: boolean
}

/** Waits after failures that follow one another without progress; one more attempt than waits. */
const waits = [500, 2_000, 5_000] as const
const defaultStall = 30_000
const sleepByDefault = async (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  wait(milliseconds, undefined, signal === undefined ? {} : { signal })

/**
 * Downloads a file, unless it is there already with the right content.
 *
 * @throws UserError `network` when it cannot be had, with the place to put it by hand; or is not what was published
 * @throws UserError `storage` when it cannot be written; `aborted` when the signal says so
 */
export async function downloadFile(download: Download): Promise<Downloaded> {
  const { destination } = download
  const present = await existing(download)
  if (present !== null) return present
  makeItsFolder(destination)
  return withLock(`${destination}.lock`, async () => {
    const finished = await existing(download) // another process may have been at it
    if (finished !== null) return finished
    await attempt(download)
    const sha256 = await checked(download)
    rename(`${destination}.part`, destination)
    return { path: destination, sha256, cached: false }
  })
}

/** SHA-256 of a file, lower-case hexadecimal. */
async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** The file when it is there and right. A wrong one is left to be replaced. */
async function existing({ destination, sha256, bytes }: Download): Promise<Downloaded | null> {
  if (!existsSync(destination)) return null
  if (bytes !== null && statSync(destination).size !== bytes) return null
  const actual = await sha256OfFile(destination)
  return sha256 === null || actual === sha256 ? { path: destination, sha256: actual, cached: true } : null
}

/** Fetches the rest of the file until it is whole, with pauses after failures that may pass. */
async function attempt(download: Download): Promise<void> {
  const { signal, sleep = sleepByDefault, stallMilliseconds = defaultStall } = download
  const part = `${download.destination}.part`
  let stored = 0
  for (let failures = 0; ; failures++) {
    try {
      return await fetchPart({ ...download, fetch: download.fetch ?? fetch, stallMilliseconds })
    } catch (error) {
      if (signal?.aborted) throw new UserError('aborted', `The download of "${download.url}" was stopped`)
      if (!(error instanceof Transient)) throw error
      const grown = sizeOf(part)
      if (grown > stored) failures = 0 // a slow or shaky connection is no broken one
      stored = Math.max(stored, grown)
      const pause = waits[failures]
      if (pause === undefined) throw unreachable(download, error)
      await sleep(Math.max(pause, error.retryAfter), signal).catch(() => {}) // the next try reports an abort
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** The checksum of the finished part; a wrong part is removed, or the next run would only find it again. */
async function checked({ url, sha256, destination }: Download): Promise<string> {
  const part = `${destination}.part`
  const actual = await sha256OfFile(part)
  if (sha256 === null || actual === sha256) return actual
  rmSync(part, { force: true })
  rmSync(`${part}.json`, { force: true })
  throw new UserError(
    'network',
    `"${url}" is not the expected file: its SHA-256 is ${actual}, not ${sha256}`,
    {
      hint: `a proxy may have changed it: try another network, or put the right file at "${destination}"`,
    },
  )
}

function unreachable({ url, destination }: Download, cause: Transient): UserError {
  return new UserError('network', `Cannot download "${url}": ${cause.message}`, {
    hint: `check the connection and run the command again, or put the file at "${destination}" by hand`,
    cause,
  })
}

function makeItsFolder(destination: string): void {
  try {
    makeFolder(dirname(destination))
  } catch (error) {
    throw storageError('write', destination, error)
  }
}

function rename(part: string, destination: string): void {
  try {
    rmSync(`${part}.json`, { force: true })
    renameSync(part, destination)
    flushFolder(dirname(destination))
  } catch (error) {
    throw storageError('write', destination, error)
  }
}
