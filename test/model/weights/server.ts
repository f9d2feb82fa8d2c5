/** A file server on this machine that misbehaves as told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface TestServer {
  readonly url: string
  /** The header `range` of each request so far; undefined where there was none. */
  readonly ranges: (string | undefined)[]
}

/** Serves the answers in turn, the last one for all further requests; closes when the test ends. */
export async function serve(t: TestContext, ...answers: readonly Answer[]): Promise<TestServer> {
  const ranges: (string | undefined)[] = []
  const server = createServer((request, response) => {
    ranges.push(request.headers.range)
    answers[Math.min(ranges.length, answers.length) - 1]!(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.h5`, ranges }
}

interface FileOptions {
  /** null: the server gives no entity tag. */
  readonly etag?: string | null
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number
  readonly ranges?: boolean
}

/** Answers as a good file server does: ranges, and If-Range with an entity tag. */
export function file(
  content: Uint8Array,
  { etag = '"v1"', cutAfter, ranges = true }: FileOptions = {},
): Answer {
  return (request, response) => {
    const from = ranges ? rangeStart(request, etag) : 0
    if (from >= content.length && from > 0) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
      return
    }
    const body = content.subarray(from)
    const headers = { 'content-length': body.length, ...(etag === null ? {} : { etag }) }
    if (from === 0) response.writeHead(200, headers)
    else
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      })
    if (cutAfter === undefined) response.end(body)
    else response.write(body.subarray(0, cutAfter), () => response.socket?.destroySoon()) // what was written still arrives
  }
}

function rangeStart(request: IncomingMessage, etag: string | null): number {
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  return start !== undefined && request.headers['if-range'] === etag ? Number(start) : 0
}

/** An answer of nothing but a status. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end()
}
