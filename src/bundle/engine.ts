/** A loaded bundle at work: the session, the decode threads, and batches of pictures through the network. */
import { openSession, type Session } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { type DecodePool, decodePool } from '../pipeline/decode-pool.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import type { DecodeLimits, Preprocessing } from '../pipeline/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { bundleNames } from './bundle-graph.ts'
import type { Bundle } from './load-bundle.ts'

export interface EngineOptions {
  /** Threads of the network, default 1; decoding has threads of its own. */
  readonly threads?: number
  /** Threads that decode files, by default one for each core, 16 at most. */
  readonly workers?: number
  /** What one image file may cost before it is refused. */
  readonly limits?: Partial<DecodeLimits>
}

export interface Engine {
  readonly preprocessing: Preprocessing
  readonly limits: Partial<DecodeLimits>
  /**
   * The probabilities of pictures that are squares already.
   *
   * @param pixels uint8 RGB [n, size, size, 3]
   * @param batch the most pictures that go through the network at once
   * @returns one float32 [K] for each picture
   * @throws UserError `model` when the network fails
   */
  run(pixels: Uint8Array, batch: number): Promise<Float32Array[]>
  /** The decode threads, started as they are needed. */
  pool(): DecodePool
  close(): Promise<void>
}

/** @throws UserError `model` when the engine refuses the graph */
export async function openEngine(bundle: Bundle, options: EngineOptions = {}): Promise<Engine> {
  const { preprocessing } = bundle.facts
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
    async run(pixels, batch) {
      checkOpen()
      const step = batch * pixelBytes(preprocessing)
      const results: Float32Array[] = []
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

async function runBatch(
  session: Session,
  { facts, name }: Bundle,
  pixels: Uint8Array,
): Promise<Float32Array[]> {
  const { size } = facts.preprocessing
  const count = pixels.length / pixelBytes(facts.preprocessing)
  const image = tensor('uint8', [count, size, size, 3], pixels)
  try {
    const { [bundleNames.output]: output } = await session.run({ [bundleNames.input]: image })
    const classes = facts.classNames.length
    const all = output!.data as Float32Array
    return Array.from({ length: count }, (_, row) => all.slice(row * classes, (row + 1) * classes))
  } catch (cause) {
    throw new UserError('model', `Cannot run "${name}": ${messageOf(cause)}`, { cause })
  }
}
