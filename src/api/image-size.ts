/** Which side the network should see, by the size of the pictures and by how many there are. */
import { readSource } from '../dataset/source.ts'
import type { Example } from '../dataset/types.ts'
import { imageSize } from '../pipeline/decode-sharp.ts'
import { randomOf, shuffled } from '../util/random.ts'

/** The sizes for which Keras publishes weights. */
const sizes = [96, 128, 160, 192, 224] as const
/** Pictures that are looked at. */
const sample = 32
/**
 * Enlarging helps networks that were trained on larger pictures: with weights for 224 pixels, pictures of 64 to 112
 * are classified 8 to 10 points better at 192 than at 96. Beyond this factor nothing is gained.
 */
const mostEnlarged = 3
/** Pixels of all training pictures together up to which enlarging is cheap. */
const cheap = 2000 * 224 ** 2

/**
 * At least the largest size that half of the pictures fill; more, up to three times, while the set is small.
 *
 * @param seed draws the pictures that are looked at
 */
export async function sizeFor(examples: readonly Example[], seed: number): Promise<number> {
  const some = shuffled(examples, randomOf(seed, 'size')).slice(0, sample)
  const sides = (await Promise.all(some.map(({ source }) => shortSide(source)))).filter(side => side > 0)
  const median = sides.sort((a, b) => a - b)[Math.floor(sides.length / 2)] ?? sizes[0]
  const filled = sizes.findLast(size => size <= median * 1.1) ?? sizes[0]
  const affordable = (size: number): boolean =>
    size <= median * mostEnlarged && size ** 2 * examples.length <= cheap
  return Math.max(filled, sizes.findLast(affordable) ?? sizes[0])
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
