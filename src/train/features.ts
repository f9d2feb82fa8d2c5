/** Features of examples where the network is cut: from the cache where they are known, else computed once. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { elementCount } from '../graph/dims.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { openSession } from '../graph/session.ts'
import { prune } from '../graph/transforms.ts'
import type { Graph } from '../graph/types.ts'
import { augment } from '../pipeline/augment.ts'
import type { Augmentation } from '../pipeline/augmentation.ts'
import { openRowStore, type RowStore, rowKey } from '../pipeline/row-store.ts'
import { toTensor } from '../pipeline/tensor.ts'
import { randomOf } from '../util/random.ts'
import type { TrainingData } from './data.ts'
import { type FeatureTable, featureTable } from './feature-table.ts'

/** Which version of each image: 0 is the image itself, others are random views, each drawn by the seed. */
export interface View {
  readonly number: number
  readonly augmentation: Augmentation
  readonly seed: number
}

/** A frozen prefix that is ready to run, with the cache of what it gave before. */
export interface Extractor {
  /**
   * Computes the features of the examples at some positions that the cache does not have. Unreadable examples are
   * left out; the data remembers them.
   *
   * @param cuts the prefix's outputs that are wanted
   * @param onProgress told how many of the positions are done
   */
  ensure(
    cuts: readonly string[],
    positions: readonly number[],
    view: View,
    onProgress: (done: number) => void,
  ): Promise<void>
  /** The features at a cut for which `ensure` was called, by place in `positions`; usable until the data is closed. */
  table(cut: string, positions: readonly number[], view: View): FeatureTable
}

export interface ExtractorOptions {
  /** The cache's root; features are kept by the content of prefix, image and view. */
  readonly cache: string
  readonly threads: number
}

/** Images of 96 pixels that go through the prefix at once; fewer of larger ones, for the same memory. */
const batchAt96 = 32

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
      const wanted = cuts.map(storeOf)
      const missing = positions.flatMap((_, place) =>
        wanted.every(store => store.has(keys[place]!)) ? [] : [place],
      )
      let done = positions.length - missing.length
      onProgress(done)
      if (missing.length === 0) return
      const session = await openSession(only(cuts), { threads })
      try {
        for await (const { places, pixels } of data.pixels(
          missing.map(place => positions[place]!),
          batch,
        )) {
          const found = places.map(place => missing[place]!)
          const seen = viewOf(
            pixels,
            found.map(place => data.keys[positions[place]!]!),
            data.size,
            view,
          )
          const shape = [found.length, 3, data.size, data.size]
          const features = await session.run({
            image: { dtype: 'float32', shape, data: toTensor(seen, data.size) },
          })
          for (const [at, cut] of cuts.entries()) {
            keep(
              wanted[at]!,
              found.map(place => keys[place]!),
              features[cut]!.data as Float32Array,
            )
          }
          done += found.length
          onProgress(done)
        }
      } finally {
        await session.close()
      }
    },
    table(cut, positions, view) {
      const store = storeOf(cut)
      return featureTable(keysOf(positions, view), store.rowBytes / 4, store)
    },
  }
}

/** The store of one cut's features, named by the content of all that decides them. */
function featureStore(prefix: Graph, data: TrainingData, cache: string): RowStore {
  const length = elementCount(prefix.outputs[0]!.shape.slice(1) as number[])
  const digest = createHash('sha256').update(writeOnnx(prefix)).update(data.pixelsDescription).digest('hex')
  const folder = join(cache, 'features', digest.slice(0, 16))
  return data.store(digest, () => openRowStore(folder, { rowBytes: length * 4, description: digest }))
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

/** Equal images have equal features; of augmented views each image has its own. */
function viewKey(content: string, { number, augmentation, seed }: View): string {
  return number === 0 ? rowKey(content) : rowKey(content, JSON.stringify([number, augmentation, seed]))
}

/** The view of each image of a batch; a draw depends on the seed, the view's number and the image alone. */
function viewOf(pixels: Uint8Array, contents: readonly string[], size: number, view: View): Uint8Array {
  if (view.number === 0) return pixels
  const result = new Uint8Array(pixels.length)
  const bytes = size * size * 3
  contents.forEach((content, at) => {
    const random = randomOf(view.seed, 'view', view.number, content)
    const range = [at * bytes, (at + 1) * bytes] as const
    augment(pixels.subarray(...range), size, view.augmentation, random, result.subarray(...range))
  })
  return result
}
