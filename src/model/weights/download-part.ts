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
import { UserError } from '../../util/errors.ts'
import { storageError, writeFileAtomic } from '../../util/files.ts'
import {
  checkStatus,
  reasonOf,
  sizeInRange,
  startOf,
  Transient,
  totalOf,
  validatorOf,
} from './download-answer.ts'
import { maxFileBytes } from './limits.ts'
import { type Silence, watchSilence } from './silence.ts'

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

/** What the part file is a part of, kept beside it as `.part.json`. */
const resumeSchema = z.strictObject({ url: z.string(), validator: z.string() })
type Resume = z.infer<typeof resumeSchema>

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
    const total = totalOf(response, start, download.url, download.bytes)
    if (start === 0) begin(part, download.url, validatorOf(response))
    const received = await append(response, { part, start, total, silence, download })
    const expected = total ?? download.bytes ?? received
    if (received < expected)
      throw new Transient(`the connection was cut after ${received} of ${expected} bytes`)
  } finally {
    silence.stop()
  }
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
