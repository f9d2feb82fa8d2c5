/** Which side the network should see: the size that comes nearest to what the pictures have. */

import { readSource } from '../dataset/source.ts'
import type { Example } from '../dataset/types.ts'
import { imageSize } from '../pipeline/decode-sharp.ts'
import { randomOf, shuffled } from '../util/random.ts'

/** The sizes for which Keras publishes weights, without those between that few pictures need. */
const sizes = [96, 160, 224] as const
/** Pictures that are looked at. */
const sample = 32

/**
 * 96 for thumbnails, 160 for small pictures, 224 for photographs: the largest that half of the pictures fill.
 *
 * @param seed draws the pictures that are looked at
 */
export async function sizeFor(examples: readonly Example[], seed: number): Promise<number> {
  const some = shuffled(examples, randomOf(seed, 'size')).slice(0, sample)
  const sides = (await Promise.all(some.map(({ source }) => shortSide(source)))).filter(side => side > 0)
  const median = sides.sort((a, b) => a - b)[Math.floor(sides.length / 2)] ?? 224
  return sizes.findLast(size => size <= median * 1.1) ?? sizes[0]
}

/** Pixels; 0 for a picture that cannot be read. */
async function shortSide(source: Example['source']): Promise<number> {
  try {
    const { width, height } = await imageSize(await readSource(source))
    return Math.min(width, height)
  } catch {
    return 0
  }
}
