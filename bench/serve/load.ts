/** Clients that ask one request after another on connections of their own. */
import { Agent, request } from 'node:http'

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
  /** Of each answered request, in milliseconds, ascending. */
  readonly latencies: readonly number[]
  /** Requests that got another answer than was wanted, or none, in words. */
  readonly lost: readonly string[]
}

/** Sends all requests, `clients` at a time. */
export async function load(url: string, asks: readonly Ask[], clients: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const latencies: number[] = []
  const lost: string[] = []
  const started = performance.now()
  let next = 0
  const client = async (): Promise<void> => {
    for (let ask = asks[next++]; ask !== undefined; ask = asks[next++]) {
      const before = performance.now()
      const got = await statusOf(url, ask, agent).catch((error: Error) => error.message)
      if (ask.wanted !== null && got !== ask.wanted)
        lost.push(`${ask.method} ${ask.path}: ${got}, not ${ask.wanted}`)
      if (ask.wanted !== null) latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return { seconds: (performance.now() - started) / 1000, latencies: latencies.sort((a, b) => a - b), lost }
}

function statusOf(
  url: string,
  { method, path, headers = {}, body, wanted }: Ask,
  agent: Agent,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(body.length) }
    const asked = request(url + path, { method, headers: { ...length, ...headers }, agent }, response => {
      response.resume().once('end', () => resolve(response.statusCode!))
    })
    asked.once('error', reject)
    if (wanted !== null) return void asked.end(body)
    asked
      .once('error', () => resolve(0))
      .write(body?.subarray(0, body.length >> 1) ?? '', () => asked.destroy())
  })
}

/** The value below which that share of the sorted numbers lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
