/** A small plain picture's pixels without a full decoder: fast, and safe to do where others wait. */
import { decodeThumbnail } from './decode-thumbnail.ts'
import { fitImage } from './fit.ts'
import { flatten } from './flatten.ts'
import { sniff } from './sniff.ts'
import type { Preprocessing } from './types.ts'

/**
 * Writes the pixels of a picture for which `isThumbnail` holds, as `decodeSource` would.
 *
 * @param out uint8 RGB, `pixelBytes(preprocessing)` bytes
 * @returns false, with nothing written, when the full decoder should judge
 */
export async function writeThumbnail(
  bytes: Uint8Array,
  preprocessing: Preprocessing,
  out: Uint8Array,
): Promise<boolean> {
  const content = sniff(bytes)
  const bitmap = content.type === 'image' ? await decodeThumbnail(bytes, content.format) : null
  if (bitmap === null) return false
  fitImage(flatten(bitmap, preprocessing.background), preprocessing, out)
  return true
}
