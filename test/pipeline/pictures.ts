/** Pictures that the pipeline's tests make or find. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import sharp, { type Sharp } from 'sharp'
import type { Image } from '../../src/pipeline/types.ts'

/** Real data beside the checkout, which not every machine has. */
export const data = '../shared/data'

/** Skips the test, saying so, when a file of the real data is absent. */
export function needs(context: TestContext, path: string): boolean {
  if (existsSync(path)) return true
  context.skip(`no ${path}`)
  return false
}

/** A folder that the test's end removes. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-pipeline-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Unpacks a tar file into a temporary folder. */
export function unpacked(context: TestContext, path: string): string {
  const folder = temporaryFolder(context)
  execFileSync('tar', ['xf', path, '-C', folder])
  return folder
}

/** Bytes without pattern: the high byte of a linear congruential generator (as in fixtures/resize.py). */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

export function noisyImage(width: number, height: number): Image {
  return { width, height, data: noise(width * height * 3) }
}

/** A smooth picture, which compression hardly changes: red grows to the right, green downwards, blue along both. */
export function smoothImage(width: number, height: number): Image {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      pixels[at] = (x * 255) / width
      pixels[at + 1] = (y * 255) / height
      pixels[at + 2] = ((x + y) * 127) / (width + height) + 64
    }
  }
  return { width, height, data: pixels }
}

/** A picture on its way into a file: call `.jpeg()`, `.png()` and so on, then `.toBuffer()`. */
export function encode({ width, height, data }: Image): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** The largest difference between two pictures, in levels; infinite when their sizes differ. */
export function difference(a: Image, b: Image): number {
  if (a.width !== b.width || a.height !== b.height || a.data.length !== b.data.length)
    return Number.POSITIVE_INFINITY
  return a.data.reduce((most, level, i) => Math.max(most, Math.abs(level - b.data[i]!)), 0)
}

/** The colour of a pixel. */
export function pixelAt({ width, data }: Image, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}
