/** Affine maps of the plane, and the random ones that augmentation draws. */
import type { Random } from '../util/random.ts'
import type { Augmentation } from './augmentation.ts'

/**
 * Where the result's point (x, y) is taken from: (a x + b y + c, d x + e y + f). The centre of the picture is
 * (0, 0), its side is 1, and y points down.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export const identity: Affine = [1, 0, 0, 0, 1, 0]

/** The map that takes points first through `inner`, then through `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer
  const [p, q, r, s, t, u] = inner
  return [
    ...([a * p + b * s, a * q + b * t, a * r + b * u + c] as const),
    ...([d * p + e * s, d * q + e * t, d * r + e * u + f] as const),
  ]
}

export function flipHorizontal(probability: number, random: Random): Affine {
  return random.next() < probability ? [-1, 0, 0, 0, 1, 0] : identity
}

export function flipVertical(probability: number, random: Random): Affine {
  return random.next() < probability ? [1, 0, 0, 0, -1, 0] : identity
}

const turns: readonly Affine[] = [identity, [0, -1, 0, 1, 0, 0], [-1, 0, 0, 0, -1, 0], [0, 1, 0, -1, 0, 0]]

export function quarterTurns(probability: number, random: Random): Affine {
  const turn = turns[random.integer(4)]!
  return random.next() < probability ? turn : identity
}

/** @param largest in degrees, either way */
export function rotate(largest: number, random: Random): Affine {
  const angle = (symmetric(largest, random) * Math.PI) / 180
  return [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0]
}

/** @param largest as a share of the side, in each direction */
export function translate(largest: number, random: Random): Affine {
  return [1, 0, symmetric(largest, random), 0, 1, symmetric(largest, random)]
}

/**
 * A rectangle somewhere inside the picture, enlarged to all of it (Szegedy et al. 2015, section 6): its area is
 * uniform, its sides' ratio log-uniform between 3:4 and 4:3, or as far as fits inside.
 *
 * @param largest share of the area cut away, 0..1
 */
export function crop(largest: number, random: Random): Affine {
  const area = 1 - largest * random.next()
  const ratio = Math.exp(symmetric(Math.min(Math.log(4 / 3), -Math.log(area)), random))
  const width = Math.sqrt(area * ratio)
  const height = Math.sqrt(area / ratio)
  return [width, 0, symmetric((1 - width) / 2, random), 0, height, symmetric((1 - height) / 2, random)]
}

/** Draws all of an augmentation's geometry as one map; a change of strength 0 draws nothing. */
export function drawGeometry(augmentation: Augmentation, random: Random): Affine {
  const draws = { flipHorizontal, flipVertical, quarterTurns, rotate, translate, crop } as const
  let map = identity
  for (const name of [
    'flipHorizontal',
    'flipVertical',
    'quarterTurns',
    'rotate',
    'translate',
    'crop',
  ] as const) {
    if (augmentation[name] > 0) map = compose(draws[name](augmentation[name], random), map)
  }
  return map
}

/** Uniform between -largest and largest. */
function symmetric(largest: number, random: Random): number {
  return largest * (2 * random.next() - 1)
}
