/** A columnar cactus: a ribbed green column, often with arms that turn upwards, seen from above or aslant. */
import type { Random } from '../../src/util/random.ts'
import { type Canvas, type Colour, fill, type Point } from './canvas.ts'
import { anywhere, between, chance, count, pick, times, varied } from './chance.ts'
import type { Light } from './light.ts'
import { type Limb, type Position, projected, star } from './shapes.ts'
import { castLimbShadows, paintLimbs, type Thing } from './thing.ts'

const greens: readonly Colour[] = [
  [0.33, 0.4, 0.24],
  [0.38, 0.44, 0.3],
  [0.42, 0.45, 0.33],
  [0.3, 0.38, 0.29],
]
const wool: Colour = [0.7, 0.68, 0.5]

export function drawCactus(random: Random, at: Point): Thing {
  const height = between(random, 10, 19)
  const radius = between(random, 1.6, 2.7)
  const limbs = limbsOf(random, at, height, radius)
  const green = varied(pick(random, greens), random, 0.2, 0.02)
  const ribs = between(random, 1.5, 2.2)
  const turn = 2 * Math.PI * random.next()
  return {
    at,
    castShadow: (canvas, light) => castLimbShadows(canvas, light, limbs),
    paint: (canvas, light) => {
      paintLimbs(canvas, light, limbs, across => times(green, 1 + 0.2 * Math.cos(ribs * Math.PI * across)))
      for (const limb of limbs) if (limb.to.z > limb.from.z) paintCrown(canvas, light, limb, green, turn)
    },
  }
}

function limbsOf(random: Random, at: Point, height: number, radius: number): Limb[] {
  const trunk = { from: { ...at, z: 0 }, to: { ...at, z: height }, radius }
  const arms = chance(random, 0.55) ? count(random, 1, 4) : 0
  return [trunk, ...Array.from({ length: arms }, () => armOf(random, at, height, radius)).flat()]
}

/** Out from the trunk, then up beside it. */
function armOf(random: Random, at: Point, height: number, radius: number): Limb[] {
  const out = anywhere(random, between(random, 2, 3.4) * radius)
  const leaves = height * between(random, 0.25, 0.55)
  const ends = leaves + (height - leaves) * between(random, 0.4, 1)
  const elbow: Position = { x: at.x + out.x, y: at.y + out.y, z: leaves }
  const thickness = radius * between(random, 0.65, 0.85)
  return [
    { from: { ...at, z: leaves }, to: elbow, radius: thickness },
    { from: elbow, to: { ...elbow, z: ends }, radius: thickness },
  ]
}

/** The growing tip: a small star of ribs, pale in the middle. */
function paintCrown(canvas: Canvas, light: Light, limb: Limb, green: Colour, turn: number): void {
  const tip = projected(limb.to, light.lean)
  const radius = limb.radius * 1.1
  const middle = radius * 0.35
  fill(canvas, tip, radius + 1, star(tip, radius, 8, 0.25, turn), (x, y) => {
    const off = Math.hypot(x - tip.x, y - tip.y)
    if (off < middle) return wool
    const rib = Math.cos(8 * (Math.atan2(y - tip.y, x - tip.x) + turn))
    return times(green, 1.12 + 0.2 * rib)
  })
}
