/** The desert floor: soil in several colours and grains, pebbles, a wash, tracks. */
import type { Random } from '../../src/util/random.ts'
import { type Canvas, type Colour, eachPixel, type Point, sceneSide } from './canvas.ts'
import { anywhere, between, blend, chance, count, pick, times, varied } from './chance.ts'
import { type Field, fractalNoise } from './noise.ts'

const soils: readonly Colour[] = [
  [0.72, 0.6, 0.46], // sand
  [0.66, 0.5, 0.36], // ochre
  [0.6, 0.42, 0.32], // red earth
  [0.62, 0.57, 0.5], // grey gravel
  [0.78, 0.71, 0.6], // caliche
  [0.52, 0.44, 0.35], // dark loam
]
const driedGrass: Colour = [0.62, 0.58, 0.38]
const middle: Point = { x: sceneSide / 2, y: sceneSide / 2 }

/** Covers the whole canvas. */
export function paintGround(canvas: Canvas, random: Random): void {
  const soil = varied(pick(random, soils), random, 0.15, 0.02)
  const contrast = chance(random, 0.3)
    ? varied(driedGrass, random, 0.15, 0.02)
    : varied(pick(random, soils), random, 0.15, 0.02)
  const other = blend(soil, contrast, between(random, 0.2, 0.8))
  const patches = fractalNoise(random, between(random, 12, 40), 4, 0.55)
  const relief = fractalNoise(random, between(random, 5, 20), 5, 0.7)
  const grain = fractalNoise(random, 1.6, 2, 0.8)
  const bias = between(random, -0.6, 0.4)
  const roughness = between(random, 0.05, 0.13)
  const graininess = between(random, 0.02, 0.07)
  eachPixel(canvas, middle, sceneSide, (pixel, x, y) => {
    const share = Math.min(1, Math.max(0, 0.5 + 0.9 * (patches(x, y) + bias)))
    const light = 1 + roughness * relief(x, y) + graininess * grain(x, y)
    canvas.colour.set(times(blend(soil, other, share), light), 3 * pixel)
  })
  if (chance(random, 0.2)) paintBand(canvas, random, between(random, 5, 14), between(random, 1.05, 1.2))
  if (chance(random, 0.3)) paintTracks(canvas, random)
  paintPebbles(canvas, random, count(random, 0, 60))
}

/** Two ruts side by side, or one footpath. */
function paintTracks(canvas: Canvas, random: Random): void {
  const path = wanderingLine(random)
  const gauge = chance(random, 0.6) ? between(random, 4, 6) : 0
  const width = between(random, 0.7, 1.5)
  const light = chance(random, 0.6) ? between(random, 1.06, 1.22) : between(random, 0.76, 0.92)
  const wear = fractalNoise(random, 6, 3)
  eachPixel(canvas, middle, sceneSide, (pixel, x, y) => {
    const off = Math.abs(Math.abs(path(x, y)) - gauge / 2) / width
    if (off < 2) lighten(canvas, pixel, 1 + (light - 1) * Math.exp(-off * off) * (1 + 0.6 * wear(x, y)))
  })
}

/** A dry wash: a broad pale band. */
function paintBand(canvas: Canvas, random: Random, width: number, light: number): void {
  const path = wanderingLine(random)
  const edge = fractalNoise(random, 7, 3)
  eachPixel(canvas, middle, sceneSide, (pixel, x, y) => {
    const off = (Math.abs(path(x, y)) + 1.5 * edge(x, y)) / width
    lighten(canvas, pixel, 1 + (light - 1) / (1 + Math.exp(8 * (off - 1))))
  })
}

function paintPebbles(canvas: Canvas, random: Random, pebbles: number): void {
  for (let i = 0; i < pebbles; i++) {
    const at = { x: sceneSide * random.next(), y: sceneSide * random.next() }
    const light = between(random, 0.7, 1.3)
    const radius = between(random, 0.3, 0.8)
    eachPixel(canvas, at, radius, (pixel, x, y) => {
      if (Math.hypot(x - at.x, y - at.y) < radius) lighten(canvas, pixel, light)
    })
  }
}

/** The signed distance, about, to a gently curved line across the scene. */
function wanderingLine(random: Random): Field {
  const across = anywhere(random, 1)
  const through = { x: sceneSide * random.next(), y: sceneSide * random.next() }
  const swing = between(random, 0, 6)
  const wave = between(random, 0.04, 0.12)
  const phase = 2 * Math.PI * random.next()
  return (x, y) => {
    const off = (x - through.x) * across.x + (y - through.y) * across.y
    const along = (y - through.y) * across.x - (x - through.x) * across.y
    return off + swing * Math.sin(wave * along + phase)
  }
}

function lighten(canvas: Canvas, pixel: number, factor: number): void {
  for (let channel = 3 * pixel; channel < 3 * pixel + 3; channel++) canvas.colour[channel]! *= factor
}
