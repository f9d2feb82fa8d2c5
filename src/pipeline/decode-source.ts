/** One example's pixels: read, decoded, and made the square that the network sees. */
import { nameOfSource, readSourceSync } from '../dataset/source.ts'
import type { Source } from '../dataset/types.ts'
import { decodeImage } from './decode.ts'
import { fitImage } from './fit.ts'
import type { DecodeLimits, Preprocessing } from './types.ts'

/** Bytes of one preprocessed picture: size * size RGB pixels. */
export function pixelBytes({ size }: Preprocessing): number {
  return size * size * 3
}

/**
 * Writes the pixels of a source.
 *
 * @param out uint8 RGB, `pixelBytes(preprocessing)` bytes
 * @throws UserError `image` that names the source, when it cannot be read or decoded
 */
export async function decodeSource(
  source: Source,
  preprocessing: Preprocessing,
  limits: Partial<DecodeLimits>,
  out: Uint8Array,
): Promise<void> {
  const { background, size } = preprocessing
  const options = { name: nameOfSource(source), background, atLeast: size, limits }
  fitImage(await decodeImage(readSourceSync(source), options), preprocessing, out)
}
