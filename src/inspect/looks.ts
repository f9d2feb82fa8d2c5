/** The looks of a dataset's pictures, kept by their content, so that the pixels are needed once. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openRowStore, rowKey } from '../pipeline/row-store.ts'
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
  const asked = absent.map(place => positions[place]!)
  for await (const { places, pixels } of data.pixels(asked, lookBatch)) {
    const bytes = pixels.length / places.length
    places.forEach((at, index) => {
      const place = absent[at]!
      const row = rows.subarray(place * lookLength, (place + 1) * lookLength)
      lookOf(pixels.subarray(index * bytes, (index + 1) * bytes), data.size, row)
      const key = keys[place]!
      if (!store.has(key)) store.append([key], new Uint8Array(row.buffer, row.byteOffset, rowBytes))
      failed.delete(place)
    })
    done += places.length
    onProgress(done)
  }
  return readable(rows, positions, failed)
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
    packed.set(rows.subarray(place * lookLength, (place + 1) * lookLength), at * lookLength)
  })
  return { looks: looksFrom(packed), positions: kept.map(place => positions[place]!) }
}
