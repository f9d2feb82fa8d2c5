/** What a server's answer to a download says: whether it can be used, where its bytes belong, how many there are. */
import { rmSync } from 'node:fs'
import { messageOf, UserError } from '../../util/errors.ts'
import { maxFileBytes } from './limits.ts'

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

/** A server that asks for more patience than this is asked again anyway. */
const longestRetryAfter = 60_000

/** @throws UserError `network` for an answer that will not change, Transient for one that may */
export function checkStatus(response: Response, url: string, destination: string): void {
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
export function startOf(response: Response, offset: number, url: string, part: string): number {
  if (response.status === 200) return 0
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')
  if (response.status === 206 && range !== null && Number(range[1]) === offset) return offset
  void response.body?.cancel()
  rmSync(part, { force: true })
  throw new Transient(`"${url}" cannot be continued at byte ${offset}`)
}

/** The file's size in the answer "Content-Range: bytes *\/SIZE". */
export function sizeInRange({ headers }: Response): number {
  return Number(/^bytes \*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1])
}

/** The whole file's size as the server says it; checked against the published one before anything is stored. */
export function totalOf(response: Response, start: number, url: string, bytes: number | null): number | null {
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

/** If-Range takes a strong entity tag, or a date; a weak tag does not promise the same bytes. */
export function validatorOf({ headers }: Response): string | null {
  const tag = headers.get('etag')
  return tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified')
}

/** fetch says only "fetch failed"; its cause says why. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'its server cannot be found; this machine may be off-line'
  if ((error as Error).name === 'AbortError') return 'the server has gone silent'
  return messageOf(cause) || code || 'the connection failed'
}
