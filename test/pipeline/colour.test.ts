import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeColours } from '../../src/pipeline/colour.ts'
import { noise } from './pictures.ts'

const unchanged = { brightness: 1, contrast: 1, saturation: 1 }

function changed(pixels: Uint8Array, factors: Partial<typeof unchanged>): Uint8Array {
  const copy = Uint8Array.from(pixels)
  changeColours(copy, { ...unchanged, ...factors })
  return copy
}

const grey = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b

test('changeColours() with factors of 1 changes nothing', () => {
  const pixels = noise(300)
  assert.deepEqual(changed(pixels, {}), pixels)
})

test('changeColours() brightness multiplies and clips', () => {
  assert.deepEqual(changed(Uint8Array.of(10, 100, 250), { brightness: 1.5 }), Uint8Array.of(15, 150, 255))
})

test('changeColours() contrast 0 leaves the mean grey', () => {
  const pixels = noise(300)
  let sum = 0
  for (let i = 0; i < 300; i += 3) sum += grey(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)
  assert.deepEqual(changed(pixels, { contrast: 0 }), new Uint8Array(300).fill(Math.round(sum / 100)))
})

test("changeColours() saturation 0 leaves each pixel's grey", () => {
  const pixels = noise(300)
  const out = changed(pixels, { saturation: 0 })
  for (let i = 0; i < 300; i += 3) {
    const own = grey(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)
    for (const level of out.subarray(i, i + 3)) assert.ok(Math.abs(level - own) <= 0.5)
  }
})

test('changeColours() applies brightness, then contrast, then saturation', () => {
  const pixels = Uint8Array.of(100, 110, 120, 90, 100, 130)
  const factors = { brightness: 1.1, contrast: 0.8, saturation: 1.3 }
  const steps = [...pixels].map(level => level * factors.brightness)
  const mean = (grey(steps[0]!, steps[1]!, steps[2]!) + grey(steps[3]!, steps[4]!, steps[5]!)) / 2
  const spread = steps.map(level => mean + factors.contrast * (level - mean))
  const expected = spread.map((level, i) => {
    const own = grey(spread[i - (i % 3)]!, spread[i - (i % 3) + 1]!, spread[i - (i % 3) + 2]!)
    return own + factors.saturation * (level - own)
  })
  const out = changed(pixels, factors)
  for (const [i, level] of out.entries()) assert.ok(Math.abs(level - expected[i]!) <= 0.5 + 1e-9)
})
