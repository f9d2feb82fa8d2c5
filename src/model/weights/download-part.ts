/** One attempt at a download: asks for what is missing, and appends it to the part file. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { z } from 'zod'
import { messageOf, UserError } from '../../util/errors.ts'
import { storageError, writeFileAtomic } from '../../util/files.ts'
import { maxFileBytes } from './limits.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface DownloadProgress {
  readonly url: string
  /** Bytes on the disk so far, those of earlier attempts included. */
  readonly received: number
  /** null when the server does not say. */
  readonly total: number | null
}

export interface PartDownload {
  readonly url: string
  readonly bytes: number | null
  readonly destination: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DownloadProgress) => void
  readonly fetch: Fetch
  readonly stallMilliseconds: number
}

/** A failure that another attempt may not meet. */
export class Transient extends Error {
  override readonly name = 'Transient'
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter: number

  constructor(message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.retryAfter = options.retryAfter ?? 0
  }
}

/** What the part file is a part of, kept beside it as `.part.json`. */
const resumeSchema = z.strictObject({ url: z.string(), validator: z.string() })
type Resume = z.infer<typeof resumeSchema>

/** A server that asks for more patience than this is asked again anyway. */
const longestRetryAfter = 60_000

/**
 * Leaves the whole file at `DESTINATION.part`.
 *
 * @throws Transient when the connection failed or was cut; what arrived stays for the next attempt
 * @throws UserError `network` when the server has no such file or sends something else; `storage` on a write error
 */
export async function fetchPart(download: PartDownload): Promise<void> {
  const part = `${download.destination}.part`
  const resume = readResume(part, download.url)
  const offset = resume === null ? 0 : statSync(part).size
  const silence = watchSilence(download.stallMilliseconds)
  try {
    const response = await respond(download, resume, offset, silence.signal)
    if (response.status === 416 && sizeInRange(response) === offset) return // the part was whole already
    const start = startOf(response, offset, download.url, part)
    const total = totalOf(response, start, download)
    if (start === 0) begin(part, download.url, validatorOf(response))
    const received = await append(response, { part, start, total, silence, download })
    const expected = total ?? download.bytes ?? received
    if (received < expected)
      throw new Transient(`the connection was cut after ${received} of ${expected} bytes`)
  } finally {
    silence.stop()
  }
}

interface Silence {
  readonly signal: AbortSignal
  heard(): void
  stop(): void
}

/** A signal that aborts when `heard` was not called for so long. */
function watchSilence(milliseconds: number): Silence {
  const controller = new AbortController()
  const start = (): NodeJS.Timeout => setTimeout(() => controller.abort(), milliseconds)
  let timer = start()
  const heard = (): void => {
    clearTimeout(timer)
    timer = start()
  }
  return { signal: controller.signal, heard, stop: () => clearTimeout(timer) }
}

async function respond(
  { url, fetch, signal, destination }: PartDownload,
  resume: Resume | null,
  offset: number,
  silence: AbortSignal,
): Promise<Response> {
  // Compressed transfer would make sizes and ranges speak of other bytes than the file's.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (resume !== null && offset > 0)
    Object.assign(headers, { range: `bytes=${offset}-`, 'if-range': resume.validator })
  const signals = signal === undefined ? [silence] : [silence, signal]
  const response = await fetch(url, { headers, signal: AbortSignal.any(signals) }).catch(error => {
    throw new Transient(reasonOf(error), { cause: error })
  })
  checkStatus(response, url, destination)
  return response
}

function checkStatus(response: Response, url: string, destination: string): void {
  const { status, headers } = response
  const html = status < 300 && (headers.get('content-type') ?? '').startsWith('text/html')
  if ((status === 200 || status === 206 || status === 416) && !html) return // 416: the range begins at the end, or beyond
  void response.body?.cancel()
  const byHand = `download it by other means and put it at "${destination}"`
  if (html) {
    throw new UserError('network', `Cannot download "${url}": the answer is a web page, not the file`, {
      hint: `a login page of the network may stand between: open a browser first, or ${byHand}`,
    })
  }
  if (status === 408 || status === 429 || status >= 500) {
    throw new Transient(`the server answers ${status}`, { retryAfter: retryAfterOf(headers) })
  }
  throw new UserError('network', `Cannot download "${url}": the server answers ${status}`, { hint: byHand })
}

function retryAfterOf(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'))
  return Number.isFinite(seconds) ? Math.min(longestRetryAfter, seconds * 1000) : 0
}

/** Where the body's first byte belongs. A part that the server cannot continue is dropped. */
function startOf(response: Response, offset: number, url: string, part: string): number {
  if (response.status === 200) return 0
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')
  if (response.status === 206 && range !== null && Number(range[1]) === offset) return offset
  void response.body?.cancel()
  rmSync(part, { force: true })
  throw new Transient(`"${url}" cannot be continued at byte ${offset}`)
}

/** The file's size in the answer "Content-Range: bytes *\/SIZE". */
function sizeInRange({ headers }: Response): number {
  return Number(/^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1])
}

/** The whole file's size as the server says it; checked against the published one before anything is stored. */
function totalOf(response: Response, start: number, { url, bytes }: PartDownload): number | null {
  const { headers } = response
  const length = headers.get('content-length')
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity'
  const total = length === null || !isPlain ? null : start + Number(length)
  if (total === null || (total <= maxFileBytes && (bytes ?? total) === total)) return total
  void response.body?.cancel()
  throw new UserError('network', `"${url}" has ${total} bytes, not ${bytes ?? `at most ${maxFileBytes}`}`, {
    hint: 'the publisher may have replaced the file, or a proxy answers in its place',
  })
}

interface Appending {
  readonly part: string
  readonly start: number
  readonly total: number | null
  readonly silence: Silence
  readonly download: PartDownload
}

/** Writes the body behind what is there; returns the part's size. */
async function append(
  response: Response,
  { part, start, total, silence, download }: Appending,
): Promise<number> {
  const { url, bytes, onProgress } = download
  const limit = total ?? bytes ?? maxFileBytes
  const file = openSync(part, 'a')
  let received = start
  try {
    for await (const chunk of response.body ?? []) {
      silence.heard()
      if (received + chunk.length > limit)
        throw new UserError('network', `"${url}" sends more than ${limit} bytes`)
      write(file, chunk, part)
      received += chunk.length
      onProgress?.({ url, received, total: total ?? bytes })
    }
    return received
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new Transient(`the connection was cut after ${received} bytes (${reasonOf(error)})`, {
      cause: error,
    })
  } finally {
    fsyncSync(file)
    closeSync(file)
  }
}

function write(file: number, chunk: Uint8Array, part: string): void {
  try {
    let written = 0
    while (written < chunk.length) written += writeSync(file, chunk, written)
  } catch (error) {
    throw storageError('write', part, error)
  }
}

/** An empty part file; without a validator of the server's there is no safe way to continue it later. */
function begin(part: string, url: string, validator: string | null): void {
  if (validator === null) rmSync(`${part}.json`, { force: true })
  else writeFileAtomic(`${part}.json`, JSON.stringify({ url, validator } satisfies Resume))
  writeFileAtomic(part, '')
}

function readResume(part: string, url: string): Resume | null {
  if (!existsSync(part) || !existsSync(`${part}.json`)) return null
  try {
    const resume = resumeSchema.parse(JSON.parse(readFileSync(`${part}.json`, 'utf8')))
    return resume.url === url ? resume : null
  } catch {
    return null
  }
}

/** If-Range takes a strong entity tag, or a date; a weak tag does not promise the same bytes. */
function validatorOf({ headers }: Response): string | null {
  const tag = headers.get('etag')
  return tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified')
}

/** fetch says only "fetch failed"; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'its server cannot be found; this machine may be off-line'
  if ((error as Error).name === 'AbortError') return 'the server has gone silent'
  return messageOf(cause) || code || 'the connection failed'
}
