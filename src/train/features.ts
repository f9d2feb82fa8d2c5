/** Features of examples at a cut: from the cache where they are known, else computed once by the frozen prefix. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { elementCount } from '../graph/dims.ts'
import { writeOnnx } from '../graph/onnx/write.ts'
import { openSession } from '../graph/session.ts'
import type { Graph } from '../graph/types.ts'
import { augment } from '../pipeline/augment.ts'
import type { Augmentation } from '../pipeline/augmentation.ts'
import { openRowStore, rowKey } from '../pipeline/row-store.ts'
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

/** A prefix that is ready to run, with the cache of what it gave before. */
export interface Extractor {
  /**
   * Computes the features of the examples at some positions that the cache does not have. Unreadable examples are
   * left out; the data remembers them.
   *
   * @param onProgress told how many of the positions are done
   */
  ensure(positions: readonly number[], view: View, onProgress: (done: number) => void): Promise<void>
  /** The features of examples for which `ensure` was called, by place in `positions`; usable until the data is closed. */
  table(positions: readonly number[], view: View): FeatureTable
}

/** Images that go through the prefix at once. */
const batch = 64

/**
 * Opens the features of a prefix.
 *
 * @param prefix from `image` to one value
 * @param cache the cache's root; features are kept by the content of prefix, image and view
 */
export async function openExtractor(
  prefix: Graph,
  data: TrainingData,
  { cache, threads }: { readonly cache: string; readonly threads: number },
): Promise<Extractor> {
  const output = prefix.outputs[0]!
  const length = elementCount(output.shape.slice(1) as number[])
  const bytes = writeOnnx(prefix)
  const digest = createHash('sha256').update(bytes).update(data.pixelsDescription).digest('hex')
  const folder = join(cache, 'features', digest.slice(0, 16))
  const store = openRowStore(folder, { rowBytes: length * 4, description: digest })
  data.onClose(() => store.close())
  let session: Awaited<ReturnType<typeof openSession>> | undefined
  const run = async (pixels: Uint8Array, count: number): Promise<Float32Array> => {
    session ??= await openSession(bytes, { threads })
    const image = toTensor(pixels, data.size)
    const fed = { image: { dtype: 'float32', shape: [count, 3, data.size, data.size], data: image } } as const
    return (await session.run(fed))[output.name]!.data as Float32Array
  }
  const keysOf = (positions: readonly number[], view: View): string[] =>
    positions.map(position => viewKey(data.keys[position]!, view))
  return {
    async ensure(positions, view, onProgress) {
      const keys = keysOf(positions, view)
      const missing = positions.flatMap((_, place) => (store.has(keys[place]!) ? [] : [place]))
      let done = positions.length - missing.length
      onProgress(done)
      for await (const { places, pixels } of data.pixels(
        missing.map(place => positions[place]!),
        batch,
      )) {
        const found = places.map(place => missing[place]!)
        const contents = found.map(place => data.keys[positions[place]!]!)
        const rows = await run(viewOf(pixels, contents, data.size, view), found.length)
        store.append(
          found.map(place => keys[place]!),
          new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
        )
        done += found.length
        onProgress(done)
      }
      await session?.close()
      session = undefined
    },
    table: (positions, view) => featureTable(keysOf(positions, view), length, store),
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
