/**
 * Clients that ask one request after another on connections of their own.
 *
 * They write requests that were made before and read no more of an answer than its status and length, on bare sockets:
 * Node's own HTTP client takes twice the processor time of Node's HTTP server, which runs on the same cores.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request, and the status that answers it; null for one whose client goes away. */
export interface Ask {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly wanted: number | null
}

export interface LoadResult {
  readonly seconds: number
  /** Seconds of processor time that the clients took. */
  readonly cpu: number
  /** Of each answered request, in milliseconds, ascending. */
  readonly latencies: readonly number[]
  /** Requests that got another answer than was wanted, or none, in words. */
  readonly lost: readonly string[]
}

/** Sends all requests, `clients` at a time. */
export async function load(url: string, asks: readonly Ask[], clients: number): Promise<LoadResult> {
  const letters = new Map([...new Set(asks)].map(ask => [ask, letterOf(ask)]))
  const latencies: number[] = []
  const lost: string[] = []
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  let next = 0
  const work = async (): Promise<void> => {
    const client = new Client(Number(new URL(url).port))
    for (let ask = asks[next++]; ask !== undefined; ask = asks[next++]) {
      const before = performance.now()
      const letter = letters.get(ask)!
      if (ask.wanted === null) {
        await client.abandon(letter)
        continue
      }
      const got = await client.ask(letter).catch((error: Error) => error.message)
      if (got !== ask.wanted) lost.push(`${ask.method} ${ask.path}: ${got}, not ${ask.wanted}`)
      latencies.push(performance.now() - before)
    }
    client.close()
  }
  await Promise.all(Array.from({ length: clients }, work))
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - started) / 1000
  return { seconds, cpu: (user + system) / 1e6, latencies: latencies.sort((a, b) => a - b), lost }
}

/** A request as it goes over the wire (RFC 9112, 2.1). */
function letterOf({ method, path, headers = {}, body = new Uint8Array() }: Ask): Buffer {
  const all = { host: 'localhost', 'content-length': body.length, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}

/** One connection, made again whenever the server has closed it. */
class Client {
  readonly #port: number
  #socket: Socket | null = null
  #received = ''
  #answered: ((status: number) => void) | null = null
  #failed: (reason: Error) => void = () => {}

  constructor(port: number) {
    this.#port = port
  }

  /** @returns the status of the answer, once all of it is there */
  async ask(letter: Buffer): Promise<number> {
    this.#socket ??= await this.#connected()
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      this.#answered = resolve
      this.#failed = reject
      socket.write(letter)
    })
  }

  /** Sends half a request and leaves. */
  async abandon(letter: Buffer): Promise<void> {
    const socket = this.#socket ?? (await this.#connected())
    this.#socket = null
    await new Promise<void>(resolve => socket.write(letter.subarray(0, letter.length >> 1), () => resolve()))
    socket.destroy()
  }

  close(): void {
    this.#socket?.destroy()
  }

  async #connected(): Promise<Socket> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    socket.setEncoding('latin1').on('data', (text: string) => this.#read(text, socket))
    socket.on('error', () => {}).once('close', () => this.#lost(socket))
    return socket
  }

  #read(text: string, socket: Socket): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.slice(0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    this.#received = ''
    if (/\r\nconnection: close/i.test(head)) {
      this.#socket = null
      socket.destroy()
    }
    this.#answered?.(Number(head.slice(9, 12)))
    this.#answered = null
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    this.#received = ''
    if (this.#answered !== null) this.#failed(new Error('the connection was closed'))
    this.#answered = null
  }
}

/** The value below which that share of the sorted numbers lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
