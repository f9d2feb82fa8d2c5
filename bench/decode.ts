/** Decoding speed: images/s from cold files to 96x96 pixels, against sharp on one thread in the same run. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { readDataset } from '../src/dataset/dataset.ts'
import { readSourceSync } from '../src/dataset/source.ts'
import type { Source } from '../src/dataset/types.ts'
import { augment } from '../src/pipeline/augment.ts'
import { augmentations } from '../src/pipeline/augmentation.ts'
import { decodePool } from '../src/pipeline/decode-pool.ts'
import { resizeImage } from '../src/pipeline/resize.ts'
import { defaultPreprocessing } from '../src/pipeline/types.ts'
import { randomOf } from '../src/util/random.ts'

/** Small data sets are decoded repeatedly, so that starting the threads does not count for much. */
const leastDecoded = 2000

/** Receives one line of the report. */
export type Print = (line: string) => void

const side = defaultPreprocessing.size

interface Case {
  readonly name: string
  readonly path: string
  /** Sources that sharp alone decodes; enough for a steady rate. */
  readonly compared: number
}

const cases: readonly Case[] = [
  { name: 'cactus, 32x32 JPEG in a zip', path: '../shared/data/cactus', compared: 1500 },
  { name: 'ants and bees, about 500x400 JPEG', path: '../shared/data/hymenoptera', compared: 150 },
]

/** Measures decoding of the real data sets that are there, then resizing and augmentation of made-up pixels. */
export async function benchDecode(print: Print, workers: number): Promise<void> {
  for (const { name, path, compared } of cases) {
    if (!existsSync(path)) print(`${name}: left out, as there is no ${path}`)
    else await benchFiles(name, path, compared, workers, print)
  }
  benchResize(print)
  benchAugment(print)
}

async function benchFiles(
  name: string,
  path: string,
  compared: number,
  workers: number,
  print: Print,
): Promise<void> {
  const { examples } = await readDataset(path)
  const all = examples.map(({ source }) => source)
  const repeats = Math.ceil(leastDecoded / all.length)
  const sources = Array.from({ length: repeats }, () => all).flat()
  const some = sources.filter((_, i) => i % Math.ceil(sources.length / compared) === 0)
  const alone = await rate(some.length, () => sharpAlone(some))
  const pooled = await rate(sources.length, () => pooledDecode(sources, workers))
  print(
    `${name}: ${pooled} images/s cold on ${workers} threads, ${(pooled / alone).toFixed(1)} times sharp on one thread (${alone})`,
  )
}

/** One picture after another, read, turned upright and resized by sharp. */
async function sharpAlone(sources: readonly Source[]): Promise<void> {
  for (const source of sources) {
    await sharp(readSourceSync(source)).autoOrient().resize(side, side, { fit: 'fill' }).raw().toBuffer()
  }
}

/** Starting the threads counts. */
async function pooledDecode(sources: readonly Source[], workers: number): Promise<void> {
  const pool = decodePool({ preprocessing: defaultPreprocessing, workers })
  let decoded = 0
  for await (const { indices, failures } of pool.decode(sources)) decoded += indices.length + failures.length
  await pool.close()
  if (decoded !== sources.length) throw new Error(`Internal: ${decoded} of ${sources.length} decoded`)
}

function benchResize(print: Print): void {
  for (const [width, height] of [
    [32, 32],
    [500, 400],
  ] as const) {
    const image = { width, height, data: new Uint8Array(width * height * 3).fill(99) }
    const out = new Uint8Array(side * side * 3)
    const perSecond = repeated(2000, () => resizeImage(image, side, side, out))
    print(`resize ${width}x${height} -> ${side}x${side}: ${perSecond} images/s a thread`)
  }
}

function benchAugment(print: Print): void {
  const pixels = new Uint8Array(side * side * 3).fill(99)
  const out = new Uint8Array(pixels.length)
  for (const name of ['flips', 'light', 'strong'] as const) {
    const random = randomOf(1, name)
    const perSecond = repeated(2000, () => augment(pixels, side, augmentations[name], random, out))
    print(`augment "${name}" at ${side}x${side}: ${perSecond} images/s a thread`)
  }
}

/** Things done a second. */
async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return Math.round((count / (performance.now() - started)) * 1000)
}

/** Repetitions a second, once the compiler has warmed up. */
function repeated(count: number, work: () => void): number {
  for (let i = 0; i < count / 4; i++) work()
  const started = performance.now()
  for (let i = 0; i < count; i++) work()
  return Math.round((count / (performance.now() - started)) * 1000)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchDecode(line => console.log(line), 2)
