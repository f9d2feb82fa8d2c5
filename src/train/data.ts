/** The examples of a run as the trainer sees them: positions with labels, content keys and pixels. */
import { fingerprintFiles } from '../dataset/records.ts'
import type { Example, Split } from '../dataset/types.ts'
import { decodePool } from '../pipeline/decode-pool.ts'
import { describePixels, openPixelStore, pixelCache } from '../pipeline/pixel-cache.ts'
import type { RowStore } from '../pipeline/row-store.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { type TableRoom, tableRoom } from './feature-table.ts'

/** Some examples' pixels. */
export interface PixelBatch {
  /** Places in the list that was asked for. */
  readonly places: readonly number[]
  /** uint8 [places.length, size, size, 3] */
  readonly pixels: Uint8Array
}

/** A file that could not be read. */
export interface Unreadable {
  readonly id: string
  readonly reason: string
}

export interface TrainingData {
  /** All examples that train or validate; positions count in this list. */
  readonly examples: readonly Example[]
  /** Of each example's content. */
  readonly keys: readonly string[]
  readonly size: number
  /** What decides the pixels beside the content. */
  readonly pixelsDescription: string
  /** Positions of the examples of each split that are readable as far as is known. */
  train(): number[]
  validation(): number[]
  /** Those found unreadable so far, by position. */
  readonly unreadable: ReadonlyMap<number, Unreadable>
  /** The pixels of examples in order, in batches; unreadable ones are left out and remembered. */
  pixels(positions: readonly number[], batch: number): AsyncGenerator<PixelBatch>
  /** The store of this name, opened when it is first asked for, and closed with the data. */
  store(name: string, open: () => RowStore): RowStore
  /** For the features of the training examples: of one phase and view at a time. */
  readonly room: TableRoom
  close(): Promise<void>
}

export interface DataOptions {
  readonly preprocessing: Preprocessing
  readonly cache: string
  readonly workers: number
  readonly signal: AbortSignal
}

/** Fingerprints the examples and opens their pixels. */
export async function openTrainingData(split: Split, options: DataOptions): Promise<TrainingData> {
  const { preprocessing, cache, workers, signal } = options
  const examples = [...split.train, ...split.validation]
  const found = await fingerprintFiles(
    examples.map(({ source }) => source),
    cache,
  )
  const unreadable = new Map<number, Unreadable>()
  const stores = new Map<string, RowStore>()
  const storeNamed = (name: string, open: () => RowStore): RowStore => {
    const store = stores.get(name) ?? open()
    stores.set(name, store)
    return store
  }
  const readable = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, at) => from + at).filter(position => !unreadable.has(position))
  return {
    examples,
    // A file that could not be read has no key; it is found unreadable when it is decoded.
    keys: found.map((key, position) => key ?? `unread:${examples[position]!.id}`),
    size: preprocessing.size,
    pixelsDescription: describePixels(preprocessing),
    train: () => readable(0, split.train.length),
    validation: () => readable(split.train.length, examples.length),
    unreadable,
    async *pixels(positions, batch) {
      if (positions.length === 0) return
      const store = storeNamed('pixels', () => openPixelStore(cache, preprocessing))
      // Idle decoders hold 80 MB each, so they live no longer than their work.
      const pool = decodePool({ preprocessing, workers })
      try {
        const items = positions.map(position => ({
          source: examples[position]!.source,
          key: found[position]!,
        }))
        for await (const chunk of pixelCache(items, { pool, store, signal })) {
          for (const { index, error } of chunk.failures) {
            const position = positions[index]!
            unreadable.set(position, { id: examples[position]!.id, reason: error.message })
          }
          yield* batches(chunk.indices, chunk.pixels, batch)
        }
      } finally {
        await pool.close()
      }
    },
    store: storeNamed,
    room: tableRoom(),
    async close() {
      for (const store of stores.values()) store.close()
    },
  }
}

function* batches(places: readonly number[], pixels: Uint8Array, batch: number): Generator<PixelBatch> {
  const bytes = places.length === 0 ? 0 : pixels.length / places.length
  for (let from = 0; from < places.length; from += batch) {
    const some = places.slice(from, from + batch)
    yield { places: some, pixels: pixels.subarray(from * bytes, (from + some.length) * bytes) }
  }
}
