/** A random view of a picture: one warp for all geometry, then colour, then an erased rectangle. */
import type { Random } from '../util/random.ts'
import { drawGeometry } from './affine.ts'
import type { Augmentation } from './augmentation.ts'
import { changeColours, drawColours } from './colour.ts'
import { warp } from './warp.ts'

/** Raised whenever the same draw gives other bytes, so that features of earlier views are not used. */
export const augmentVersion = 1

/**
 * Makes a random view of a square picture. The same augmentation and generator state give the same bytes.
 *
 * Speed on one core of an AMD EPYC, preset `light`, 96x96: about 6,000/s.
 *
 * @param pixels uint8 RGB, size * size * 3 bytes; left as they are
 * @param out receives the view when given; another array than `pixels`
 * @throws RangeError when `pixels` is no square of that size
 */
export function augment(
  pixels: Uint8Array,
  size: number,
  augmentation: Augmentation,
  random: Random,
  out: Uint8Array = new Uint8Array(pixels.length),
): Uint8Array {
  if (pixels.length !== size * size * 3 || out.length !== pixels.length) {
    throw new RangeError(`Expected ${size} x ${size} x 3 bytes, received ${pixels.length} and ${out.length}`)
  }
  warp(pixels, size, drawGeometry(augmentation, random), out)
  changeColours(out, drawColours(augmentation, random))
  erase(out, size, augmentation.erase, random)
  return out
}

/**
 * Covers a random rectangle with the grey that the network sees as zero (Zhong et al. 2020, "Random Erasing"): its
 * area is uniform between 2 and 20% of the picture's, its sides' ratio log-uniform between 1:3 and 3:1.
 */
export function erase(pixels: Uint8Array, size: number, probability: number, random: Random): void {
  if (probability === 0 || random.next() >= probability) return
  const area = (0.02 + 0.18 * random.next()) * size * size
  const ratio = 3 ** (2 * random.next() - 1)
  const width = Math.min(size, Math.max(1, Math.round(Math.sqrt(area * ratio))))
  const height = Math.min(size, Math.max(1, Math.round(Math.sqrt(area / ratio))))
  const left = random.integer(size - width + 1)
  const top = random.integer(size - height + 1)
  for (let y = top; y < top + height; y++) {
    pixels.fill(128, (y * size + left) * 3, (y * size + left + width) * 3)
  }
}
