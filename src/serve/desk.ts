/** Where requests become calls and replies go out; it counts them, so that a stop can wait for them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '../util/errors.ts'
import { type Budget, checkBody, readBody } from './body.ts'
import { hostCheck, isLoopback } from './hosts.ts'
import { failure, Refusal, type Reply } from './reply.ts'
import { type Call, type Route, router } from './router.ts'
import { send } from './send.ts'

export interface DeskOptions {
  /** The address that is listened on. */
  readonly host: string
  readonly routes: readonly Route[]
  /** More names under which a private server is known. */
  readonly allowHosts?: readonly string[]
  /** Bytes of one body. */
  readonly maxBody: number
  /** Bytes of all bodies at once. */
  readonly budget: Budget
  /** Told of every answered request. */
  readonly onRequest?: (entry: AccessEntry) => void
}

/** A line of the access log. */
export interface AccessEntry {
  readonly method: string
  readonly path: string
  readonly status: number
  /** From the end of the headers to the last byte of the answer. */
  readonly milliseconds: number
}

export interface Desk {
  serve(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** Resolves when nothing is under way, after `patience` milliseconds at the latest. */
  close(patience: number): Promise<void>
}

export function openDesk(options: DeskOptions): Desk {
  const find = router(options.routes)
  const checkHost = isLoopback(options.host) ? hostCheck(options.allowHosts ?? []) : () => {}
  let working = 0
  let idle: (() => void) | undefined
  let isClosing = false

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<Reply> => {
    try {
      checkHost(incoming.headers.host)
      const { pathname: path, searchParams: query } = urlOf(incoming)
      const { handle, params } = find(incoming.method!, path)
      return await handle(callOf(incoming, outgoing, { path, query, params }, options))
    } catch (error) {
      return failure(error)
    }
  }

  const work = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const start = performance.now()
    const reply = await answer(incoming, outgoing)
    await send(reply, incoming, outgoing, isClosing)
    const { method, url: path } = incoming as { method: string; url: string }
    try {
      options.onRequest?.({ method, path, status: reply.status, milliseconds: performance.now() - start })
    } catch (error) {
      process.emitWarning(`onRequest failed: ${messageOf(error)}`)
    }
  }

  return {
    serve(incoming, outgoing) {
      working++
      void work(incoming, outgoing).finally(() => {
        working--
        if (working === 0) idle?.()
      })
    },
    async close(patience) {
      isClosing = true
      if (working === 0) return
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        idle = resolve
        timer = setTimeout(resolve, patience)
      })
      clearTimeout(timer)
    },
  }
}

/** What of a call the address says. */
type Target = Pick<Call, 'path' | 'query' | 'params'>

function urlOf({ url }: IncomingMessage): URL {
  try {
    return new URL(url!, 'http://localhost')
  } catch {
    throw new Refusal(400, 'path', 'The address of the request makes no sense')
  }
}

function callOf(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: Target,
  options: DeskOptions,
): Call {
  const { maxBody: most, budget } = options
  let signal: AbortSignal | undefined
  return {
    ...target,
    method: incoming.method!,
    headers: incoming.headers,
    isGone: () => outgoing.destroyed,
    get signal() {
      signal ??= goneSignal(outgoing)
      return signal
    },
    async read(use) {
      checkBody(incoming, most) // before the client is told to go on
      if (/^100-continue$/i.test(incoming.headers.expect ?? '')) outgoing.writeContinue()
      const length = await readBody(incoming, { most, budget }, use)
      if (outgoing.destroyed) budget.give(length)
      else outgoing.once('close', () => budget.give(length))
    },
  }
}

function goneSignal(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController()
  if (outgoing.destroyed) gone.abort()
  else outgoing.once('close', () => gone.abort())
  return gone.signal
}
