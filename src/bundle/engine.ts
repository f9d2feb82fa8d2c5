/** A loaded bundle at work: the session, the decode threads, and batches of pictures through the network. */
import { z } from 'zod'
import { openSession, type Session } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { type DecodePool, decodePool } from '../pipeline/decode-pool.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import type { DecodeLimits, Preprocessing } from '../pipeline/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { checked, limit, threadCount } from '../util/options.ts'
import { bundleNames } from './bundle-graph.ts'
import type { Bundle } from './load-bundle.ts'

export interface EngineOptions {
  /** Threads of the network, default 1; decoding has threads of its own. */
  readonly threads?: number | undefined
  /** Threads that decode files, by default one for each core, 16 at most. */
  readonly workers?: number | undefined
  /** What one image file may cost before it is refused. */
  readonly limits?: Partial<DecodeLimits> | undefined
}

const shape = {
  threads: threadCount(),
  workers: threadCount(),
  limits: z.record(z.string(), limit().optional()),
}

/** What the network says of one picture. */
export interface Judgement {
  /** float32 [K], adding up to 1. */
  readonly probabilities: Float32Array
  /** How far it is from what the network was trained on, 0 or more; null where the bundle does not know. */
  readonly unfamiliarity: number | null
}

export interface Engine {
  readonly preprocessing: Preprocessing
  readonly limits: Partial<DecodeLimits>
  /** Whether a picture is like none that the network was trained on; false of a bundle that refuses nothing. */
  isUnknown(judgement: Judgement): boolean
  /**
   * Judges pictures that are squares already.
   *
   * @param pixels uint8 RGB [n, size, size, 3]
   * @param batch the most pictures that go through the network at once
   * @throws UserError `model` when the network fails
   */
  run(pixels: Uint8Array, batch: number): Promise<Judgement[]>
  /** The decode threads, started as they are needed. */
  pool(): DecodePool
  close(): Promise<void>
}

/** @throws UserError `usage` for an option that cannot be used, `model` when the engine refuses the graph */
export async function openEngine(bundle: Bundle, options: EngineOptions = {}): Promise<Engine> {
  const { preprocessing, reject } = bundle.facts
  checked(shape, options)
  const { threads = 1, workers, limits = {} } = options
  const session = await openSession(bundle.graph, { threads })
  let pool: DecodePool | undefined
  let isClosed = false
  const checkOpen = (): void => {
    if (isClosed) throw new Error('Expected an open classifier. Received: one that was closed')
  }
  return {
    preprocessing,
    limits,
    isUnknown: ({ unfamiliarity }) => (unfamiliarity ?? 0) > (reject?.limit ?? Number.POSITIVE_INFINITY),
    async run(pixels, batch) {
      checkOpen()
      const step = batch * pixelBytes(preprocessing)
      const results: Judgement[] = []
      for (let at = 0; at < pixels.length; at += step)
        results.push(...(await runBatch(session, bundle, pixels.subarray(at, at + step))))
      return results
    },
    pool() {
      checkOpen()
      pool ??= decodePool({ preprocessing, limits, ...(workers === undefined ? {} : { workers }) })
      return pool
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await Promise.all([session.close(), pool?.close()])
    },
  }
}

async function runBatch(session: Session, { facts, name }: Bundle, pixels: Uint8Array): Promise<Judgement[]> {
  const { size } = facts.preprocessing
  const count = pixels.length / pixelBytes(facts.preprocessing)
  const image = tensor('uint8', [count, size, size, 3], pixels)
  try {
    const outputs = await session.run({ [bundleNames.input]: image })
    const classes = facts.classNames.length
    const all = outputs[bundleNames.output]!.data as Float32Array
    const unfamiliarity = outputs[bundleNames.unfamiliarity]?.data as Float32Array | undefined
    return Array.from({ length: count }, (_, row) => ({
      probabilities: all.slice(row * classes, (row + 1) * classes),
      unfamiliarity: unfamiliarity?.[row] ?? null,
    }))
  } catch (cause) {
    throw new UserError('model', `Cannot run "${name}": ${messageOf(cause)}`, { cause })
  }
}
