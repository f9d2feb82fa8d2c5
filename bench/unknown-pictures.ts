/** Pictures of nothing in particular: flat colours, gradients, noise, stripes and checkers, drawn by a seed. */
import type { Image } from '../src/pipeline/types.ts'
import { type Random, randomOf } from '../src/util/random.ts'

type Colour = readonly [red: number, green: number, blue: number]
/** The colour at a place, each coordinate in 0..1. */
type Painter = (x: number, y: number) => Colour

/** Kinds of made pictures. */
export const textureKinds = ['flat', 'gradient', 'noise', 'stripes', 'checkers'] as const

export type TextureKind = (typeof textureKinds)[number]

/** Each draws what it looks like from the random numbers it is given. */
const painters: { readonly [K in TextureKind]: (random: Random) => Painter } = {
  flat: random => {
    const colour = anyColour(random)
    return () => colour
  },
  gradient: random => {
    const [from, to, along] = [anyColour(random), anyColour(random), direction(random)]
    return (x, y) => mixed(from, to, (1 + along(x - 0.5, y - 0.5)) / 2)
  },
  noise: random => {
    const [base, strength, isGrey] = [anyColour(random), 20 + 100 * random.next(), random.next() < 0.5]
    return () => {
      const grey = random.normal()
      const [red, green, blue] = base
      const level = (value: number): number => value + strength * (isGrey ? grey : random.normal())
      return [level(red), level(green), level(blue)]
    }
  },
  stripes: random => {
    const [one, other, along, count] = [
      anyColour(random),
      anyColour(random),
      direction(random),
      2 + random.integer(30),
    ]
    return (x, y) => (Math.sin(2 * Math.PI * count * along(x, y)) > 0 ? one : other)
  },
  checkers: random => {
    const [one, other, count] = [anyColour(random), anyColour(random), 2 + random.integer(30)]
    return (x, y) => ((Math.floor(x * count) + Math.floor(y * count)) % 2 === 0 ? one : other)
  },
}

/**
 * `count` pictures of one kind.
 *
 * @param side of each square picture, in pixels
 */
export function textures(kind: TextureKind, count: number, seed: number, side = 256): Image[] {
  return Array.from({ length: count }, (_, number) => {
    const paint = painters[kind](randomOf(seed, kind, number))
    const data = new Uint8ClampedArray(side * side * 3)
    for (let at = 0; at < side * side; at++) {
      const [x, y] = [(at % side) / side, Math.floor(at / side) / side]
      data.set(paint(x, y), at * 3)
    }
    return { width: side, height: side, data: new Uint8Array(data.buffer) }
  })
}

function anyColour(random: Random): Colour {
  return [256 * random.next(), 256 * random.next(), 256 * random.next()]
}

function direction(random: Random): (x: number, y: number) => number {
  const angle = Math.PI * random.next()
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
  return (x, y) => x * dx + y * dy
}

function mixed([r, g, b]: Colour, [red, green, blue]: Colour, share: number): Colour {
  const mix = (a: number, c: number): number => a + (c - a) * share
  return [mix(r, red), mix(g, green), mix(b, blue)]
}
