/** Views of images: what the student sees of each, and what the teachers say of it, computed once and kept on disk. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { augment, augmentVersion } from '../pipeline/augment.ts'
import { resizeImage } from '../pipeline/resize.ts'
import { openRowStore, type RowStore, rowKey } from '../pipeline/row-store.ts'
import { toTensor } from '../pipeline/tensor.ts'
import type { TrainingData } from '../train/data.ts'
import { UserError } from '../util/errors.ts'
import { randomOf } from '../util/random.ts'
import type { Teacher } from './teacher.ts'
import type { DistillPlan } from './types.ts'

/** Views on disk. */
export interface Views {
  /** False while another process writes to the cache: views are then made anew, and gone at the end. */
  readonly areKept: boolean
  /**
   * Asks the teachers about those views of images that are not known yet. Unreadable images are left out; the data
   * remembers them.
   */
  ensure(positions: readonly number[], view: number, onProgress: (done: number) => void): Promise<void>
  /**
   * Reads views of images.
   *
   * @param pixels receives uint8 [positions.length, size, size, 3], as the student sees them
   * @param answers receives float32 [positions.length, numbers] of each teacher
   */
  read(positions: readonly number[], view: number, pixels: Uint8Array, answers: readonly Float32Array[]): void
}

/** Images that the teachers look at at once: larger batches fall out of the processor's caches. */
const batch = 16

export function openViews(
  plan: DistillPlan,
  data: TrainingData,
  teachers: readonly Teacher[],
  cache: string,
): Views {
  const { size } = plan.student
  const { teacherSize, augmentation, seed } = plan
  const views = { version: augmentVersion, augmentation, seed, teacherSize }
  const drawn = JSON.stringify({ pixels: data.pixelsDescription, ...views })
  const pixelStore = openStore(cache, size * size * 3, `${drawn} student ${size}`, data)
  const stores = teachers.map(({ digest, parts }) =>
    openStore(cache, 4 * parts.reduce((sum, { length }) => sum + length, 0), `${drawn} ${digest}`, data),
  )
  const keyOf = (position: number, view: number): string => rowKey(data.keys[position]!, String(view))
  const known = (key: string): boolean => [pixelStore, ...stores].every(store => store.has(key))

  const draw = (position: number, view: number, image: Uint8Array): Uint8Array =>
    view === 0
      ? image
      : augment(image, data.size, augmentation, randomOf(seed, 'view', view, data.keys[position]!))
  const scaled = (image: Uint8Array, side: number): Uint8Array =>
    resizeImage({ width: data.size, height: data.size, data: image }, side, side).data

  const add = async (positions: readonly number[], view: number, pixels: Uint8Array): Promise<void> => {
    const bytes = data.size * data.size * 3
    const images = positions.map((position, at) =>
      draw(position, view, pixels.subarray(at * bytes, (at + 1) * bytes)),
    )
    const keys = positions.map(position => keyOf(position, view))
    const large = toTensor(Buffer.concat(images.map(image => scaled(image, teacherSize))), teacherSize)
    for (const [index, teacher] of teachers.entries()) {
      const answers = await teacher.answer(large, positions.length)
      stores[index]!.append(keys, new Uint8Array(answers.buffer, answers.byteOffset, answers.byteLength))
    }
    pixelStore.append(keys, Buffer.concat(images.map(image => scaled(image, size))))
  }

  return {
    areKept: [pixelStore, ...stores].every(({ folder }) => folder.startsWith(join(cache, 'views'))),
    async ensure(positions, view, onProgress) {
      const missing = positions.filter(position => !known(keyOf(position, view)))
      let done = positions.length - missing.length
      onProgress(done)
      for await (const { places, pixels } of data.pixels(missing, batch)) {
        await add(
          places.map(place => missing[place]!),
          view,
          pixels,
        )
        done += places.length
        onProgress(done)
      }
    },
    read(positions, view, pixels, answers) {
      const keys = positions.map(position => keyOf(position, view))
      readRows(pixelStore, keys, pixels)
      stores.forEach((store, index) => {
        const { buffer, byteOffset } = answers[index]!
        readRows(store, keys, new Uint8Array(buffer, byteOffset, keys.length * store.rowBytes))
      })
    },
  }
}

function openStore(cache: string, rowBytes: number, description: string, data: TrainingData): RowStore {
  const name = createHash('sha256').update(description).digest('hex').slice(0, 16)
  return data.store(description, () => openRowStore(join(cache, 'views', name), { rowBytes, description }))
}

function readRows(store: RowStore, keys: readonly string[], out: Uint8Array): void {
  if (store.read(keys, out).length === 0) return
  throw new UserError('storage', `The cache of views in "${store.folder}" was damaged while it was in use`, {
    hint: 'run the command again: damaged views are made anew',
  })
}
