/** Bounds on what a file of weights may ask for; far above any MobileNetV2, far below a machine's memory. */

/** The largest file that is read, in bytes. */
export const maxFileBytes: number = 2 ** 30

/** The most elements in all tensors of a file together: 1 GiB as float32. */
export const maxElements: number = 2 ** 28

/** The number of elements of a shape, or null when it is no shape or passes the bound. */
export function boundedCount(shape: readonly number[]): number | null {
  let count = 1
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return null
    count *= size
    if (count > maxElements) return null
  }
  return count
}
