/** One picture's pixels: read, decoded, and made the square that the network sees. */
import { nameOfSource, readSourceSync } from '../dataset/source.ts'
import type { Source } from '../dataset/types.ts'
import { decodeImage } from './decode.ts'
import { fitImage } from './fit.ts'
import type { DecodeLimits, Preprocessing } from './types.ts'

/** A source of a dataset, or an image file's bytes that are in memory already, with a name for messages. */
export type Picture = Source | Bytes

/** An image file in memory. */
export interface Bytes {
  readonly type: 'bytes'
  readonly name: string
  readonly bytes: Uint8Array
  /** Whether the bytes, which have memory of their own, may go to the thread that decodes them and be gone here. */
  readonly isGiven?: true
}

/** How a picture is named in messages. */
export function nameOfPicture(picture: Picture): string {
  return picture.type === 'bytes' ? picture.name : nameOfSource(picture)
}

/** Bytes of one preprocessed picture: size * size RGB pixels. */
export function pixelBytes({ size }: Preprocessing): number {
  return size * size * 3
}

/**
 * Writes the pixels of a picture.
 *
 * @param out uint8 RGB, `pixelBytes(preprocessing)` bytes
 * @throws UserError `image` that names the picture, when it cannot be read or decoded
 */
export async function decodeSource(
  picture: Picture,
  preprocessing: Preprocessing,
  limits: Partial<DecodeLimits>,
  out: Uint8Array,
): Promise<void> {
  const { background, size } = preprocessing
  const options = { name: nameOfPicture(picture), background, atLeast: size, limits }
  const bytes = picture.type === 'bytes' ? picture.bytes : readSourceSync(picture)
  fitImage(await decodeImage(bytes, options), preprocessing, out)
}
