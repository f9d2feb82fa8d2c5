/** Decoding on all cores: sources in, their pixels out in the same order, a bounded way ahead. */
import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { UserError } from '../util/errors.ts'
import { DecodeScheduler, type PixelChunk } from './decode-scheduler.ts'
import type { Item } from './decode-server.ts'
import { type Picture, pixelBytes } from './decode-source.ts'
import { type DecodeLimits, defaultLimits, type Preprocessing } from './types.ts'

export interface PoolOptions {
  readonly preprocessing: Preprocessing
  readonly limits?: Partial<DecodeLimits>
  /** Threads, started as they are needed; by default one for each core, 16 at most. */
  readonly workers?: number
  /** The worker's module; tests give one that hangs or dies. */
  readonly entry?: URL
}

export interface DecodePool {
  /**
   * Decodes sources. Chunks come in the order of the input, each about 4 MB at most, and no more than a few a
   * thread exist at once, so memory is flat for any number of sources.
   *
   * @throws the signal's reason, when it is aborted
   */
  decode(sources: Iterable<Picture>, signal?: AbortSignal): AsyncGenerator<PixelChunk, void, undefined>
  /** Ends the threads; whatever is in work is dropped. */
  close(): Promise<void>
}

const chunkBytes = 4e6
const chunkItems = 64
/** Chunks in work or finished for each thread. */
const chunksPerThread = 3
/** Seconds that a decoder has to notice its own time limit before its thread is ended. */
const grace = 2

/** Starts a pool; its threads are started by the first `decode`. */
export function decodePool(options: PoolOptions): DecodePool {
  const { preprocessing, limits = {}, workers = Math.min(availableParallelism(), 16) } = options
  const scheduler = new DecodeScheduler(workers, {
    preprocessing,
    limits,
    entry: options.entry ?? new URL('./decode-worker.js', import.meta.url),
    patience: ((limits.seconds ?? defaultLimits.seconds) + grace) * 1000,
  })
  const chunkLength = Math.max(1, Math.min(chunkItems, Math.floor(chunkBytes / pixelBytes(preprocessing))))
  const closing = new AbortController()
  return {
    decode: (sources, signal) => {
      const stop = AbortSignal.any(signal === undefined ? [closing.signal] : [closing.signal, signal])
      return inOrder(scheduler, chunked(sources, chunkLength), workers * chunksPerThread, stop)
    },
    close: () => {
      closing.abort(new UserError('aborted', 'Decoding was stopped'))
      return scheduler.close()
    },
  }
}

function* chunked(sources: Iterable<Picture>, length: number): Generator<Item[], void, undefined> {
  let items: Item[] = []
  let index = 0
  for (const source of sources) {
    items.push({ index: index++, source })
    if (items.length < length) continue
    yield items
    items = []
  }
  if (items.length > 0) yield items
}

/** Keeps up to `width` chunks in work or finished, and gives them out one by one. */
async function* inOrder(
  scheduler: DecodeScheduler,
  chunks: Iterator<Item[], void, undefined>,
  width: number,
  signal: AbortSignal,
): AsyncGenerator<PixelChunk, void, undefined> {
  const abandoned = new AbortController()
  const stop = AbortSignal.any([signal, abandoned.signal])
  setMaxListeners(0, stop) // one for each chunk ahead, which with many threads is more than Node takes for sound
  const ahead: Promise<PixelChunk>[] = []
  try {
    for (;;) {
      signal.throwIfAborted()
      while (ahead.length < width) {
        const next = chunks.next()
        if (next.done) break
        const result = scheduler.run(next.value, stop)
        result.catch(() => {}) // a failure is met when its turn comes
        ahead.push(result)
      }
      const first = ahead.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    abandoned.abort()
  }
}
