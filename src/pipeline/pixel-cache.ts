/** Preprocessed pixels of examples in order: from the disk where they are known, decoded and kept where they are not. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { nameOfSource } from '../dataset/source.ts'
import type { Source } from '../dataset/types.ts'
import type { UserError } from '../util/errors.ts'
import type { DecodePool } from './decode-pool.ts'
import type { PixelChunk, UnreadableSource } from './decode-scheduler.ts'
import { pixelBytes } from './decode-source.ts'
import { openRowStore, type RowStore, rowKey } from './row-store.ts'
import type { Preprocessing } from './types.ts'
import { UnreadableImage } from './unreadable.ts'

/** A source with the key of its content, as `fingerprintSources` gives it; null when there is none. */
export interface KeyedSource {
  readonly source: Source
  readonly key: string | null
}

export interface PixelCacheOptions {
  readonly pool: DecodePool
  /** For the same preprocessing as the pool's. */
  readonly store: RowStore
  readonly signal?: AbortSignal | undefined
}

/** Raised whenever decoding or resizing changes any pixel, so that rows of earlier versions are not used. */
const pixelVersion = 1

/** All that decides an image's pixels beside its content: in the key of whatever is made from them. */
export function describePixels({ size, fit, background }: Preprocessing): string {
  return JSON.stringify({ pixels: pixelVersion, size, fit, background })
}

/**
 * Opens the store of pixels with some preprocessing, one folder for each, below the cache's root.
 *
 * @param now milliseconds since 1970
 * @throws UserError `storage` when the folder cannot be used
 */
export function openPixelStore(
  root: string,
  preprocessing: Preprocessing,
  now: number = Date.now(),
): RowStore {
  const description = describePixels(preprocessing)
  const name = createHash('sha256').update(description).digest('hex').slice(0, 16)
  return openRowStore(join(root, 'pixels', name), { rowBytes: pixelBytes(preprocessing), description }, now)
}

/** Examples given out at once when all are stored. */
const sliceLength = 64

/**
 * Gives the pixels of all sources, in order. What is not in the store is decoded and put there; why a source cannot
 * be read is kept as well, so that the next run need not try again, until its content changes.
 *
 * @throws UserError `storage` when the store cannot be written; the signal's reason when it is aborted
 */
export async function* pixelCache(
  items: readonly KeyedSource[],
  { pool, store, signal }: PixelCacheOptions,
): AsyncGenerator<PixelChunk, void, undefined> {
  const unknown = [...items.keys()].filter(index => !isKnown(items[index]!, store))
  let decoded = 0
  let next = 0
  for await (const chunk of pool.decode(sourcesAt(items, unknown), signal)) {
    keep(chunk, unknown, items, store)
    decoded += chunk.indices.length + chunk.failures.length
    const end = unknown[decoded - 1]! + 1
    yield* merged(items, next, end, resultsOf(chunk, unknown, store.rowBytes), { pool, store, signal })
    next = end
  }
  yield* merged(items, next, items.length, new Map(), { pool, store, signal })
}

function isKnown({ key }: KeyedSource, store: RowStore): boolean {
  if (key === null) return false
  return store.has(rowKey(key)) || store.notes.get(rowKey(key)) !== undefined
}

function* sourcesAt(items: readonly KeyedSource[], indices: readonly number[]): Generator<Source> {
  for (const index of indices) yield items[index]!.source
}

/** A picture's pixels, or why there are none. */
type Result = Uint8Array | UserError

/** A chunk's results by the position of their source among all items. */
function resultsOf(chunk: PixelChunk, positions: readonly number[], rowBytes: number): Map<number, Result> {
  const results = new Map<number, Result>()
  for (const [place, index] of chunk.indices.entries()) {
    results.set(positions[index]!, chunk.pixels.subarray(place * rowBytes, (place + 1) * rowBytes))
  }
  for (const { index, error } of chunk.failures) results.set(positions[index]!, error)
  return results
}

/** Stores a chunk's rows and the reasons of its failures. */
function keep(
  chunk: PixelChunk,
  positions: readonly number[],
  items: readonly KeyedSource[],
  store: RowStore,
): void {
  const { rowBytes } = store
  const keyAt = (index: number): string | null => items[positions[index]!]!.key
  const keys = chunk.indices.map(keyAt).map(key => (key === null ? null : rowKey(key)))
  const isNew = keys.map((key, place) => key !== null && !store.has(key) && keys.indexOf(key) === place)
  if (isNew.every(Boolean)) store.append(keys as string[], chunk.pixels)
  else {
    for (const [place, key] of keys.entries()) {
      if (isNew[place]) store.append([key!], chunk.pixels.subarray(place * rowBytes, (place + 1) * rowBytes))
    }
  }
  for (const { index, error } of chunk.failures) {
    const key = keyAt(index)
    if (key === null || !(error instanceof UnreadableImage)) continue
    store.notes.set(rowKey(key), JSON.stringify([error.reason, error.hint]))
  }
}

/** The items from `start` to `end`: those among `fresh` from there, the others from the store. */
async function* merged(
  items: readonly KeyedSource[],
  start: number,
  end: number,
  fresh: ReadonlyMap<number, Result>,
  options: PixelCacheOptions,
): AsyncGenerator<PixelChunk, void, undefined> {
  for (let from = start; from < end; from += sliceLength) {
    options.signal?.throwIfAborted()
    const indices = Array.from({ length: Math.min(sliceLength, end - from) }, (_, i) => from + i)
    const stored = await storedResults(
      items,
      indices.filter(index => !fresh.has(index)),
      options,
    )
    yield chunkOf(indices, index => fresh.get(index) ?? stored.get(index)!, options.store.rowBytes)
  }
}

/** Reads rows from the store; one that turns out to be damaged is decoded again. */
async function storedResults(
  items: readonly KeyedSource[],
  indices: readonly number[],
  { pool, store, signal }: PixelCacheOptions,
): Promise<Map<number, Result>> {
  const { rowBytes } = store
  const results = new Map<number, Result>()
  for (const index of indices) {
    const note = store.notes.get(rowKey(items[index]!.key!))
    if (note !== undefined) results.set(index, rememberedError(items[index]!.source, note))
  }
  const expected = indices.filter(index => !results.has(index))
  const rows = new Uint8Array(expected.length * rowBytes)
  const keys = expected.map(index => rowKey(items[index]!.key!))
  const damaged = store.read(keys, rows).map(place => expected[place]!)
  for (const [place, index] of expected.entries()) {
    results.set(index, rows.subarray(place * rowBytes, (place + 1) * rowBytes))
  }
  for await (const chunk of pool.decode(sourcesAt(items, damaged), signal)) {
    keep(chunk, damaged, items, store)
    for (const [index, result] of resultsOf(chunk, damaged, rowBytes)) results.set(index, result)
  }
  return results
}

function rememberedError(source: Source, note: string): UserError {
  const [reason, hint] = JSON.parse(note) as [string, string]
  return new UnreadableImage(nameOfSource(source), reason, { hint })
}

function chunkOf(
  indices: readonly number[],
  resultOf: (index: number) => Result,
  rowBytes: number,
): PixelChunk {
  const failures: UnreadableSource[] = []
  const readable: number[] = []
  const rows: Uint8Array[] = []
  for (const index of indices) {
    const result = resultOf(index)
    if (result instanceof Uint8Array) {
      readable.push(index)
      rows.push(result)
    } else failures.push({ index, error: result })
  }
  const pixels = new Uint8Array(rows.length * rowBytes)
  for (const [place, row] of rows.entries()) pixels.set(row, place * rowBytes)
  return { indices: readable, pixels, failures }
}
