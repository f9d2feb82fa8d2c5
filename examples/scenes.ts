/**
 * Aerial photographs drawn by code: a desert with or without a columnar cactus.
 *
 * They stand in for real data where none is at hand: labelled, seeded, and hard enough that accuracy means something,
 * for shrubs, agaves, yuccas, posts, logs and dead trees are in both classes, and light, view, soil and blur vary.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { type Random, randomOf } from '../src/util/random.ts'
import { drawCactus } from './scenes/cactus.ts'
import { expose } from './scenes/camera.ts'
import { applyShadows, newCanvas, type Point, sceneSide } from './scenes/canvas.ts'
import { between, chance, count, pick } from './scenes/chance.ts'
import { paintGround } from './scenes/ground.ts'
import { drawLight } from './scenes/light.ts'
import {
  drawAgave,
  drawLog,
  drawPole,
  drawRock,
  drawShrub,
  drawSnag,
  drawTree,
  drawYucca,
} from './scenes/others.ts'
import type { Thing } from './scenes/thing.ts'

export interface SceneOptions {
  /** Side of the square picture in pixels; by default 64. */
  readonly size?: number | undefined
  /** By default drawn with even chances. */
  readonly hasCactus?: boolean | undefined
}

export interface Scene {
  readonly width: number
  readonly height: number
  /** uint8 RGB, rows from top to bottom: width * height * 3. */
  readonly data: Uint8Array
  readonly hasCactus: boolean
}

/** One photograph. The same state of `random` and the same options give the same bytes. */
export function drawScene(random: Random, options: SceneOptions = {}): Scene {
  const { size = 64, hasCactus = chance(random, 0.5) } = options
  const canvas = newCanvas(size)
  const light = drawLight(random)
  paintGround(canvas, random)
  const things = [...drawOthers(random), ...(hasCactus ? drawCacti(random) : drawStandIn(random))]
  for (const thing of things) thing.castShadow(canvas, light)
  applyShadows(canvas, light.strength)
  // What leans away from the viewer is behind what stands further along the lean.
  const depth = ({ at }: Thing): number => at.x * light.lean.x + at.y * light.lean.y
  for (const thing of things.sort((a, b) => depth(b) - depth(a))) thing.paint(canvas, light)
  return { width: size, height: size, data: expose(canvas, random), hasCactus }
}

export interface WrittenScenes {
  /** Folder names, in alphanumeric order. */
  readonly classNames: readonly string[]
  readonly count: number
}

/**
 * Writes JPEG files to `folder/cactus` and `folder/no-cactus`, as many of each (one more without for an odd count).
 *
 * Each picture has its own stream of random numbers, so that more pictures leave the first ones as they are.
 */
export async function writeScenes(
  folder: string,
  count: number,
  seed: number,
  options: SceneOptions = {},
): Promise<WrittenScenes> {
  const classNames = ['cactus', 'no-cactus']
  for (const name of classNames) mkdirSync(join(folder, name), { recursive: true })
  for (let index = 0; index < count; index++) {
    const random = randomOf(seed, 'scene', index)
    const { width, height, data, hasCactus } = drawScene(random, { ...options, hasCactus: index % 2 === 1 })
    const path = join(folder, classNames[hasCactus ? 0 : 1]!, `${String(index).padStart(5, '0')}.jpg`)
    const picture = sharp(data, { raw: { width, height, channels: 3 } })
    await picture.jpeg({ quality: 70 + random.integer(26) }).toFile(path)
  }
  return { classNames, count }
}

/** One to three, the first well inside the picture. */
function drawCacti(random: Random): Thing[] {
  const more = chance(random, 0.3) ? count(random, 1, 2) : 0
  const others = Array.from({ length: more }, () => drawCactus(random, somewhere(random)))
  return [drawCactus(random, wellInside(random)), ...others]
}

/** What takes a cactus's place in the other class, so that green and shadows alone do not tell the classes apart. */
function drawStandIn(random: Random): Thing[] {
  const draw = pick(random, [
    drawTree,
    drawTree,
    drawTree,
    drawYucca,
    drawYucca,
    drawSnag,
    drawPole,
    drawAgave,
  ])
  return [draw(random, wellInside(random))]
}

function drawOthers(random: Random): Thing[] {
  const several = (most: number, draw: (random: Random, at: Point) => Thing): Thing[] =>
    Array.from({ length: count(random, 0, most) }, () => draw(random, somewhere(random)))
  const some = (probability: number, most: number, draw: (random: Random, at: Point) => Thing): Thing[] =>
    chance(random, probability) ? several(most, draw) : []
  return [
    ...several(chance(random, 0.2) ? 12 : 5, drawShrub),
    ...several(3, drawRock),
    ...some(0.25, 2, drawAgave),
    ...some(0.25, 1, drawYucca),
    ...some(0.2, 1, drawPole),
    ...some(0.2, 1, drawLog),
    ...some(0.25, 1, drawSnag),
  ]
}

function wellInside(random: Random): Point {
  return { x: between(random, 10, sceneSide - 10), y: between(random, 10, sceneSide - 10) }
}

function somewhere(random: Random): Point {
  return { x: sceneSide * random.next(), y: sceneSide * random.next() }
}
