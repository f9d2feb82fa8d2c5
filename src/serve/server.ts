/** A classifier on the network: the network in its threads, the decoders in theirs, and HTTP in front. */
import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodePool } from '../pipeline/decode-pool.ts'
import { byteBudget } from './body.ts'
import { type ClassifyQueue, classifyQueue } from './classify-queue.ts'
import { listen } from './http.ts'
import { type Inference, startInference } from './inference.ts'
import { decodeLimits, type ServeOptions, type Settled, settle } from './options.ts'
import { routesOf } from './routes.ts'
import type { Upload } from './uploads.ts'

/** A classifier that is being served. */
export interface Server {
  /** Where, such as `http://127.0.0.1:7860`. */
  readonly url: string
  readonly port: number
  /** In the order of probabilities. */
  readonly classNames: readonly string[]
  /** Takes no more requests, answers those that are under way (for 10 seconds at most), and frees everything. */
  close(): Promise<void>
}

/**
 * Serves a classifier: `POST /v1/classify`, `GET /v1/model`, `/healthz`, `/openapi.json`, and a page to try it on.
 *
 * @param model a run folder, a bundle's path or `file:` URL, or its bytes
 * @throws UserError `model` when it cannot be used, `network` when the address cannot be had
 * @throws UserError `usage` for an option that cannot be used, RangeError for a limit that is no positive number
 * @example
 * const server = await serve('runs/cats', { port: 8080 })
 * console.log(server.url)
 * await server.close()
 */
export async function serve(model: string | URL | Uint8Array, options: ServeOptions = {}): Promise<Server> {
  const settled = settle(options)
  const source = model instanceof URL ? fileURLToPath(model) : model
  const { threads, limits } = settled
  const { decodeSeconds } = limits
  const inference = await startInference({ model: source, threads, decodeSeconds })
  try {
    return await open(nameOf(source, inference), inference, settled)
  } catch (error) {
    await inference.close()
    throw error
  }
}

async function open(name: string, inference: Inference, options: Settled): Promise<Server> {
  const { host, port, allowHosts, workers, limits, onRequest } = options
  const { preprocessing, classNames } = inference.facts
  const pool = decodePool({ preprocessing, workers, limits: decodeLimits(limits) })
  const queue = classifyQueue({ pool, inference, workers, most: limits.queue })
  await warmUp(queue, workers)
  const http = await listen({
    host,
    port,
    allowHosts,
    routes: routesOf({ name, inference, queue, options }),
    maxBody: limits.body,
    budget: byteBudget(limits.bodies),
    headerSeconds: limits.headerSeconds,
    requestSeconds: limits.requestSeconds,
    maxConnections: limits.connections,
    onRequest,
  })
  return {
    url: http.url,
    port: http.port,
    classNames,
    async close() {
      await http.close()
      await Promise.all([pool.close(), inference.close()])
    },
  }
}

/** Starts every decode thread, so that the first client waits no longer than the others. */
async function warmUp(queue: ClassifyQueue, workers: number): Promise<void> {
  const nothing: Upload = { type: 'bytes', name: 'nothing', bytes: new Uint8Array() }
  await queue.classify(
    Array.from({ length: workers }, () => nothing),
    false,
    () => false,
  )
}

/** What people call it: the run folder's name, or the file's, else what it was trained on. */
function nameOf(model: string | Uint8Array, { facts }: Inference): string {
  if (typeof model !== 'string') return facts.card.data.name
  return basename(model, extname(model))
}
