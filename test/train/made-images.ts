/** Small labelled pictures for tests: two classes that colour tells apart, with noise. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { randomOf } from '../../src/util/random.ts'

/** Writes `count` PNG files for each of two classes, `cold` and `warm`, 24 to 40 pixels on a side. */
export async function writeImages(folder: string, count: number, seed = 1): Promise<string> {
  for (const [label, name] of ['cold', 'warm'].entries()) {
    mkdirSync(join(folder, name), { recursive: true })
    for (let at = 0; at < count; at++)
      writeFileSync(join(folder, name, `${at}.png`), await picture(label, seed, at))
  }
  return folder
}

async function picture(label: number, seed: number, at: number): Promise<Buffer> {
  const random = randomOf(seed, 'picture', label, at)
  const [width, height] = [24 + random.integer(17), 24 + random.integer(17)]
  const base = label === 0 ? [70, 100, 170] : [170, 100, 70]
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const value = base[index % 3]! + 35 * random.normal()
    return Math.max(0, Math.min(255, value))
  })
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}
