/** Views: versions of an image, each drawn once from a seed. */
import { augment, augmentVersion } from '../pipeline/augment.ts'
import type { Augmentation } from '../pipeline/augmentation.ts'
import { rowKey } from '../pipeline/row-store.ts'
import { randomOf } from '../util/random.ts'

/** Which version of each image: 0 is the image itself, others are random views, each drawn by the seed. */
export interface View {
  readonly number: number
  readonly augmentation: Augmentation
  readonly seed: number
}

/** Equal images have equal features; of augmented views each image has its own. */
export function viewKey(content: string, { number, augmentation, seed }: View): string {
  return number === 0
    ? rowKey(content)
    : rowKey(content, JSON.stringify([augmentVersion, number, augmentation, seed]))
}

/**
 * The view of each image of a batch; a draw depends on the seed, the view's number and the image alone.
 *
 * @param pixels uint8 [contents.length, size, size, 3]
 * @param contents the key of each image's content
 * @param out receives the views when given, from its start, but for view 0, which is the pixels themselves
 */
export function viewOf(
  pixels: Uint8Array,
  contents: readonly string[],
  size: number,
  view: View,
  out?: Uint8Array,
): Uint8Array {
  if (view.number === 0) return pixels
  const result = out?.subarray(0, pixels.length) ?? new Uint8Array(pixels.length)
  const bytes = size * size * 3
  contents.forEach((content, at) => {
    const random = randomOf(view.seed, 'view', view.number, content)
    const range = [at * bytes, (at + 1) * bytes] as const
    augment(pixels.subarray(...range), size, view.augmentation, random, result.subarray(...range))
  })
  return result
}
