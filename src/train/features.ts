/** Features of examples where the network is cut: from the cache where they are known, else computed once. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { elementCount } from '../graph/dims.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { prune } from '../graph/transforms.ts'
import type { Graph, ValueInfo } from '../graph/types.ts'
import { openRowStore, type RowStore } from '../pipeline/row-store.ts'
import type { TrainingData } from './data.ts'
import { type FeatureTable, featureTable, type TableRoom, tableRoom } from './feature-table.ts'
import { prefixPool } from './prefix-pool.ts'
import { type View, viewKey } from './view.ts'

/** A frozen prefix that is ready to run, with the cache of what it gave before. */
export interface Extractor {
  /**
   * Computes the features of the examples at some positions that the cache does not have. Unreadable examples are
   * left out; the data remembers them.
   *
   * @param cuts the prefix's outputs that are wanted
   * @param onProgress told how many of the positions are done
   * @returns how many were computed
   */
  ensure(
    cuts: readonly string[],
    positions: readonly number[],
    view: View,
    onProgress: (done: number) => void,
  ): Promise<number>
  /**
   * The features at a cut for which `ensure` was called, by place in `positions`; usable until the data is closed, or
   * until the room is used again.
   *
   * @param room default: one of its own
   */
  table(cut: string, positions: readonly number[], view: View, room?: TableRoom): FeatureTable
}

export interface ExtractorOptions {
  /** The cache's root; features are kept by the content of prefix, image and view. */
  readonly cache: string
  readonly threads: number
}

/** Images of 96 pixels that go through the prefix at once; fewer of larger ones, for the same memory. */
const batchAt96 = 8
/** Batches that wait for a thread or are in its work. */
const batchesPerThread = 4

/** Opens the features of a prefix. @param prefix from `image` to one value or more */
export function openExtractor(
  prefix: Graph,
  data: TrainingData,
  { cache, threads }: ExtractorOptions,
): Extractor {
  const only = (names: readonly string[]): Graph =>
    prune({ ...prefix, outputs: prefix.outputs.filter(({ name }) => names.includes(name)) })
  const storeOf = (cut: string): RowStore => featureStore(only([cut]), data, cache)
  const batch = Math.max(1, Math.round(batchAt96 * (96 / data.size) ** 2))
  const keysOf = (positions: readonly number[], view: View): string[] =>
    positions.map(position => viewKey(data.keys[position]!, view))
  return {
    async ensure(cuts, positions, view, onProgress) {
      const keys = keysOf(positions, view)
      const part = only(cuts)
      const wanted = part.outputs.map(({ name }) => storeOf(name))
      // Rows are read once before they are counted on: a bad disk is met here, where they can still be made again.
      const missing = [...new Set(wanted.flatMap(store => store.absent(keys)))].sort((a, b) => a - b)
      let done = positions.length - missing.length
      onProgress(done)
      if (missing.length === 0) return 0
      const pool = prefixPool(
        { model: writeOnnx(part), size: data.size, shapes: part.outputs.map(shapeOf) },
        threads,
      )
      const underWay: Promise<void>[] = []
      const wait = async (most: number): Promise<void> => {
        while (underWay.length > most) await underWay.shift()
      }
      try {
        const batches = data.pixels(
          missing.map(place => positions[place]!),
          batch,
        )
        for await (const { places, pixels } of batches) {
          const found = places.map(place => missing[place]!)
          const contents = found.map(place => data.keys[positions[place]!]!)
          const result = pool.run({ pixels, contents, view }, features => {
            const rows = found.map(place => keys[place]!)
            for (const [at, store] of wanted.entries()) keep(store, rows, features[at]!)
            done += found.length
            onProgress(done)
          })
          result.catch(() => {}) // met when its turn comes
          underWay.push(result)
          await wait(batchesPerThread * threads)
        }
        await wait(0)
      } finally {
        await pool.close()
      }
      return missing.length
    },
    table(cut, positions, view, room = tableRoom()) {
      const store = storeOf(cut)
      return featureTable(keysOf(positions, view), store.rowBytes / 4, store, room)
    },
  }
}

/** The store of one cut's features, named by the content of all that decides them. */
function featureStore(prefix: Graph, data: TrainingData, cache: string): RowStore {
  const length = elementCount(shapeOf(prefix.outputs[0]!))
  const digest = createHash('sha256').update(writeOnnx(prefix)).update(data.pixelsDescription).digest('hex')
  const folder = join(cache, 'features', digest.slice(0, 16))
  return data.store(digest, () => openRowStore(folder, { rowBytes: length * 4, description: digest }))
}

/** Of one example. */
function shapeOf({ shape }: ValueInfo): readonly number[] {
  return shape.slice(1) as number[]
}

/** Stores the rows that are not there yet. */
function keep(store: RowStore, keys: readonly string[], rows: Float32Array): void {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
  const fresh = keys
    .map((key, at) => (store.has(key) || keys.indexOf(key) !== at ? -1 : at))
    .filter(at => at >= 0)
  if (fresh.length === keys.length) store.append(keys, bytes)
  else {
    for (const at of fresh)
      store.append([keys[at]!], bytes.subarray(at * store.rowBytes, (at + 1) * store.rowBytes))
  }
}
