/** The looks of a dataset's pictures, kept by their content, so that the pixels are needed once. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openRowStore, type RowStore, rowKey } from '../pipeline/row-store.ts'
import type { TrainingData } from '../train/data.ts'
import { type Looks, lookLength, lookOf, looksFrom } from './look.ts'

/** Raised when a look of the same pixels changes. */
const lookVersion = 1

/**
 * The looks of the examples at some positions, in order; pixels that are not in the cache are decoded and put there.
 *
 * @param onProgress told how many of the positions are done
 * @returns looks of the readable ones, and their positions
 */
export async function looksOf(
  data: TrainingData,
  positions: readonly number[],
  cache: string,
  onProgress: (done: number) => void,
): Promise<{ readonly looks: Looks; readonly positions: readonly number[] }> {
  const description = `look ${lookVersion} ${data.pixelsDescription}`
  const folder = join(cache, 'looks', createHash('sha256').update(description).digest('hex').slice(0, 16))
  const rowBytes = lookLength * 4
  const store = data.store(description, () => openRowStore(folder, { rowBytes, description }))
  const rows = new Float32Array(positions.length * lookLength)
  const keys = positions.map(position => rowKey(data.keys[position]!))
  const absent = store.read(keys, new Uint8Array(rows.buffer))
  let done = positions.length - absent.length
  onProgress(done)
  const failed = new Set(absent)
  const grey = new Float32Array(data.size ** 2)
  const asked = absent.map(place => positions[place]!)
  for await (const { places: found, pixels } of data.pixels(asked, lookBatch)) {
    const bytes = pixels.length / found.length
    const places = found.map(at => absent[at]!)
    places.forEach((place, index) => {
      lookOf(pixels.subarray(index * bytes, (index + 1) * bytes), data.size, rowAt(rows, place), grey)
      failed.delete(place)
    })
    keep(store, keys, rows, places)
    done += places.length
    onProgress(done)
  }
  return readable(rows, positions, failed)
}

function rowAt(rows: Float32Array, place: number): Float32Array {
  return rows.subarray(place * lookLength, (place + 1) * lookLength)
}

/** Stores the rows at some places, of equal keys the first. */
function keep(store: RowStore, keys: readonly string[], rows: Float32Array, places: readonly number[]): void {
  const placeOf = new Map<string, number>()
  for (const place of places) {
    const key = keys[place]!
    if (!placeOf.has(key) && !store.has(key)) placeOf.set(key, place)
  }
  const packed = new Float32Array(placeOf.size * lookLength)
  for (const [at, place] of [...placeOf.values()].entries()) packed.set(rowAt(rows, place), at * lookLength)
  store.append([...placeOf.keys()], new Uint8Array(packed.buffer))
}

/** Pictures whose looks are taken at once. */
const lookBatch = 64

function readable(
  rows: Float32Array,
  positions: readonly number[],
  failed: ReadonlySet<number>,
): { looks: Looks; positions: readonly number[] } {
  if (failed.size === 0) return { looks: looksFrom(rows), positions }
  const kept = [...positions.keys()].filter(place => !failed.has(place))
  const packed = new Float32Array(kept.length * lookLength)
  kept.forEach((place, at) => {
    packed.set(rowAt(rows, place), at * lookLength)
  })
  return { looks: looksFrom(packed), positions: kept.map(place => positions[place]!) }
}
