/** The body of a request, as far as it is let in. */
import type { IncomingMessage } from 'node:http'
import { formatBytes } from '../util/format.ts'
import { Refusal } from './reply.ts'

/** Bytes that all requests together may hold. */
export interface Budget {
  /** Whether so many more fit; if so they are taken. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export function byteBudget(most: number): Budget {
  let held = 0
  return {
    take(bytes) {
      if (held + bytes > most) return false
      held += bytes
      return true
    },
    give: bytes => void (held -= bytes),
  }
}

export interface BodyLimits {
  /** Bytes of one body. */
  readonly most: number
  readonly budget: Budget
}

/**
 * Refuses a body by what is said of it, before a byte of it is read.
 *
 * @throws Refusal 413 for one that is too long, 415 for one that is compressed
 */
export function checkBody({ headers }: IncomingMessage, most: number): void {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    const message = `The body is compressed: "content-encoding: ${encoding}"`
    throw new Refusal(415, 'encoding', message, { hint: 'send the image file as it is' })
  }
  if (Number(headers['content-length'] ?? 0) > most) throw tooLarge(most)
}

/**
 * Reads a body. Its bytes stay taken from the budget until they are given back.
 *
 * @param use told each piece as it comes; what it throws ends the reading
 * @returns the length of the body
 * @throws Refusal 413 when it is longer than `most`, 503 when all bodies together are
 * @throws Error when the client goes away
 */
export function readBody(
  incoming: IncomingMessage,
  { most, budget }: BodyLimits,
  use: (piece: Uint8Array) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0
    const stop = (): void => void incoming.off('data', take).off('end', end).off('close', leave)
    const fail = (reason: unknown): void => {
      stop()
      budget.give(length)
      reject(reason)
    }
    const take = (chunk: Buffer): void => {
      if (length + chunk.length > most) return void fail(tooLarge(most))
      if (!budget.take(chunk.length)) return void fail(busy('hold no more bodies'))
      length += chunk.length
      try {
        use(chunk)
      } catch (error) {
        fail(error)
      }
    }
    const end = (): void => {
      stop()
      resolve(length)
    }
    const leave = (): void => fail(new Error('The client has gone'))
    if (incoming.destroyed) return void leave()
    incoming
      .on('data', take)
      .once('end', end)
      .once('close', leave)
      .on('error', () => {})
  })
}

/** A request that comes at a bad time. */
export function busy(what: string): Refusal {
  return new Refusal(503, 'busy', `The server can ${what} just now`, {
    hint: 'ask again in a second',
    headers: { 'retry-after': '1' },
  })
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, 'body-too-large', `The body is larger than ${formatBytes(most)}`, {
    hint: 'send a smaller copy of the image, or fewer images at once',
  })
}
