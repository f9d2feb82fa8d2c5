/** Replies as bytes on a connection, and words for those connections that never ask for anything. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { failure, Refusal, type Reply } from './reply.ts'

/** What every reply has: nothing is guessed, framed, kept or shown to other sites. */
const commonHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A client that is refused early may go on sending for so long, in milliseconds, to find time to read why. */
const drainTime = 3000

/**
 * Sends a reply, and resolves when the client has it or is gone.
 *
 * @param isLast whether the connection is to be closed afterwards
 */
export async function send(
  { status, headers, body }: Reply,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isLast: boolean,
): Promise<void> {
  if (outgoing.destroyed || !outgoing.socket?.writable) return
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  const unread = !incoming.complete
  outgoing.writeHead(status, {
    ...commonHeaders,
    ...headers,
    ...(isWhole && { 'content-length': Buffer.byteLength(body) }),
    ...((isLast || unread) && { connection: 'close' }),
  })
  const closed = new Promise(resolve => outgoing.once('close', resolve))
  if (unread) drain(incoming)
  if (incoming.method === 'HEAD') outgoing.end()
  else if (isWhole) outgoing.end(body)
  else await stream(body, outgoing)
  await closed
}

async function stream(pieces: AsyncIterable<string>, outgoing: ServerResponse): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (outgoing.destroyed) return
      if (!outgoing.write(piece))
        await new Promise(resolve => outgoing.once('drain', resolve).once('close', resolve))
    }
    outgoing.end()
  } catch {
    outgoing.destroy() // its head has gone out, so the only way left to say that something is missing
  }
}

/** Reads and drops what is still being sent: to close at once would reset the connection before the reply is read. */
function drain(incoming: IncomingMessage): void {
  const timer = setTimeout(() => incoming.socket.destroySoon(), drainTime)
  incoming.once('close', () => clearTimeout(timer))
  incoming.resume()
}

/** Answers what never became a request: no HTTP, too long a head, or too slow. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const { status, headers, body } = failure(socketRefusal(error.code))
  const lines = {
    ...commonHeaders,
    ...headers,
    connection: 'close',
    'content-length': String((body as string).length),
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} Refused\r\n${head.join('')}\r\n${body as string}`)
}

function socketRefusal(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Refusal(408, 'timeout', 'The request took too long to come')
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal(431, 'headers', 'The headers are longer than 16 KB')
  return new Refusal(400, 'http', 'This is no HTTP request')
}
