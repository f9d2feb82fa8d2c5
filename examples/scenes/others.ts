/** All that a columnar cactus may be mistaken for, and what else stands in a desert. */
import type { Random } from '../../src/util/random.ts'
import { type Canvas, type Colour, castShadow, fill, type Point } from './canvas.ts'
import { anywhere, between, blend, chance, count, pick, times, varied } from './chance.ts'
import { fractalNoise } from './noise.ts'
import { blob, type Limb, projected, star } from './shapes.ts'
import { castLimbShadows, paintLimbs, type Thing } from './thing.ts'

const leaves: readonly Colour[] = [
  [0.31, 0.4, 0.22], // creosote
  [0.39, 0.45, 0.28], // olive
  [0.5, 0.47, 0.33], // dry brush
  [0.42, 0.48, 0.38], // sage
  [0.36, 0.45, 0.25], // palo verde
  [0.36, 0.31, 0.24], // bare twigs
]
const stones: readonly Colour[] = [
  [0.62, 0.56, 0.5],
  [0.5, 0.45, 0.42],
  [0.7, 0.62, 0.52],
]
const woods: readonly Colour[] = [
  [0.45, 0.38, 0.31],
  [0.6, 0.56, 0.5],
  [0.36, 0.29, 0.23],
]

/** A bush of a few clumps, seldom as large as a tree. */
export function drawShrub(random: Random, at: Point): Thing {
  return chance(random, 0.15) ? drawTree(random, at) : drawBush(random, at, between(random, 0.9, 3))
}

/** A small round tree. */
export function drawTree(random: Random, at: Point): Thing {
  return drawBush(random, at, between(random, 2.5, 5.5))
}

function drawBush(random: Random, at: Point, size: number): Thing {
  const height = size * between(random, 0.5, 1.1)
  const leaf = varied(pick(random, leaves), random)
  const outline = fractalNoise(random, 2.5, 1)
  const texture = fractalNoise(random, 1.8, 2, 0.8)
  const clumps = Array.from({ length: count(random, 1, 4) }, () => {
    const off = anywhere(random, size * between(random, 0, 0.7))
    return { x: at.x + off.x, y: at.y + off.y, radius: size * between(random, 0.5, 0.9) }
  })
  return {
    at,
    castShadow: (canvas, light) => {
      for (const clump of clumps) {
        const centre = projected({ ...clump, z: height / 2 }, light.shadow)
        const shape = blob(centre, clump.radius, outline, 0.3)
        castShadow(canvas, centre, 2 * clump.radius + 1, shape, light.softness)
      }
    },
    paint: (canvas, light) => {
      for (const clump of clumps) {
        const { x: cx, y: cy } = projected({ ...clump, z: height / 3 }, light.lean)
        fill(
          canvas,
          { x: cx, y: cy },
          2 * clump.radius + 1,
          blob({ x: cx, y: cy }, clump.radius, outline, 0.3),
          (x, y) => {
            const side = ((x - cx) * light.sun.x + (y - cy) * light.sun.y) / clump.radius
            return times(leaf, 1 + 0.35 * texture(x, y) + 0.35 * light.strength * side)
          },
        )
      }
    },
  }
}

export function drawRock(random: Random, at: Point): Thing {
  const radius = between(random, 0.6, 2.4)
  const stone = varied(pick(random, stones), random)
  const edge = fractalNoise(random, 2.5, 1)
  const shape = (centre: Point) => blob(centre, radius, edge, 0.35)
  return {
    at,
    castShadow: (canvas, light) => {
      const centre = projected({ ...at, z: 0.5 * radius }, light.shadow)
      castShadow(canvas, centre, 2 * radius + 1, shape(centre), light.softness)
    },
    paint: (canvas, light) => {
      fill(canvas, at, 2 * radius + 1, shape(at), (x, y) => {
        const side = ((x - at.x) * light.sun.x + (y - at.y) * light.sun.y) / radius
        return times(stone, 1 + 0.6 * light.strength * side + 0.12 * edge(3 * x, 3 * y))
      })
    },
  }
}

/** An agave: a flat star of grey-green leaves, with next to no shadow. */
export function drawAgave(random: Random, at: Point): Thing {
  const radius = between(random, 1.2, 3.2)
  const points = count(random, 7, 12)
  const turn = 2 * Math.PI * random.next()
  const leaf = varied([0.45, 0.51, 0.42], random)
  return {
    at,
    castShadow: (canvas, light) => {
      const centre = projected({ ...at, z: 0.25 * radius }, light.shadow)
      castShadow(canvas, centre, radius + 1, star(centre, radius, points, 0.6, turn), light.softness)
    },
    paint: canvas => paintRosette(canvas, at, radius, points, turn, leaf),
  }
}

/** A yucca: a thin trunk with a tuft of leaves on top, and so a long shadow with a blot at its end. */
export function drawYucca(random: Random, at: Point): Thing {
  const height = between(random, 4, 10)
  const trunk: Limb = { from: { ...at, z: 0 }, to: { ...at, z: height }, radius: between(random, 0.4, 0.8) }
  const radius = between(random, 1.5, 2.8)
  const points = count(random, 9, 14)
  const turn = 2 * Math.PI * random.next()
  const leaf = varied([0.4, 0.45, 0.3], random)
  return {
    at,
    castShadow: (canvas, light) => {
      castLimbShadows(canvas, light, [trunk])
      const centre = projected(trunk.to, light.shadow)
      castShadow(canvas, centre, radius + 1, star(centre, radius, points, 0.5, turn), light.softness)
    },
    paint: (canvas, light) => {
      paintLimbs(canvas, light, [trunk], () => woods[0]!)
      paintRosette(canvas, projected(trunk.to, light.lean), radius, points, turn, leaf)
    },
  }
}

/** A fence post or a telegraph pole: as long a shadow as a cactus, and no green. */
export function drawPole(random: Random, at: Point): Thing {
  return limbed(random, at, [
    { from: { ...at, z: 0 }, to: { ...at, z: between(random, 5, 16) }, radius: between(random, 0.4, 0.8) },
  ])
}

/** A trunk on the ground. */
export function drawLog(random: Random, at: Point): Thing {
  const along = anywhere(random, between(random, 4, 11))
  const radius = between(random, 0.5, 1.1)
  return limbed(random, at, [
    { from: { ...at, z: radius }, to: { x: at.x + along.x, y: at.y + along.y, z: radius }, radius },
  ])
}

/** A dead tree: bare branches that rise aslant. */
export function drawSnag(random: Random, at: Point): Thing {
  const height = between(random, 4, 10)
  const branches = Array.from({ length: count(random, 2, 5) }, (): Limb => {
    const foot = height * between(random, 0.2, 0.7)
    const out = anywhere(random, between(random, 1.5, 4))
    const end = { x: at.x + out.x, y: at.y + out.y, z: foot + between(random, 1, 4) }
    return { from: { ...at, z: foot }, to: end, radius: between(random, 0.25, 0.5) }
  })
  const trunk = { from: { ...at, z: 0 }, to: { ...at, z: height }, radius: between(random, 0.4, 0.9) }
  return limbed(random, at, [trunk, ...branches])
}

function limbed(random: Random, at: Point, limbs: readonly Limb[]): Thing {
  const wood = varied(pick(random, woods), random)
  return {
    at,
    castShadow: (canvas, light) => castLimbShadows(canvas, light, limbs),
    paint: (canvas, light) => paintLimbs(canvas, light, limbs, () => wood),
  }
}

function paintRosette(
  canvas: Canvas,
  centre: Point,
  radius: number,
  points: number,
  turn: number,
  leaf: Colour,
): void {
  fill(canvas, centre, radius + 1, star(centre, radius, points, 0.6, turn), (x, y) => {
    const off = Math.hypot(x - centre.x, y - centre.y) / radius
    return times(blend(leaf, [0.62, 0.62, 0.45], 0.5 * off), 0.8 + 0.35 * off)
  })
}
