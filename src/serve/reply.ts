/** What is answered to an HTTP request, whatever it is: data, a page, a stream, or a clear refusal. */
import { messageOf, UserError } from '../util/errors.ts'

export interface Reply {
  readonly status: number
  /** Names in lower case; they win over those that every reply has. */
  readonly headers: Readonly<Record<string, string>>
  /** A stream is sent piece by piece, until it ends or the client goes. */
  readonly body: string | Uint8Array | AsyncIterable<string>
}

/** A request that is refused: what was wrong, and what would be right. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** A stable word for programs. */
  readonly code: string
  readonly hint: string | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    options: { hint?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.hint = options.hint
    this.headers = options.headers ?? {}
  }
}

/** What an error is called in an answer. */
export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

/** Data as JSON. */
export function json(value: unknown, status = 200, headers: Reply['headers'] = {}): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: `${JSON.stringify(value)}\n` }
}

/** Everything thrown as an answer; what is nobody's mistake but ours gives away no details. */
export function failure(error: unknown): Reply {
  if (error instanceof Refusal) return json({ error: errorBody(error) }, error.status, error.headers)
  return json({ error: errorBody(error) }, statusOf(error))
}

/** An error in words. */
export function errorBody(error: unknown): ErrorBody {
  if (error instanceof Refusal || error instanceof UserError)
    return { code: error.code, message: messageOf(error), hint: error.hint ?? null }
  return { code: 'internal', message: 'The server failed at this request', hint: null }
}

function statusOf(error: unknown): number {
  if (!(error instanceof UserError)) return 500
  // RFC 9110, 15.5.21: understood, and still not to be processed.
  return error.code === 'image' ? 422 : error.code === 'usage' ? 400 : 500
}
