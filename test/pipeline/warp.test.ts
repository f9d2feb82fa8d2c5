import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Affine } from '../../src/pipeline/affine.ts'
import { warp } from '../../src/pipeline/warp.ts'
import { noise } from './pictures.ts'

function warped(pixels: Uint8Array, size: number, map: Affine): Uint8Array {
  const out = new Uint8Array(pixels.length)
  warp(pixels, size, map, out)
  return out
}

const pixel = (pixels: Uint8Array, size: number, x: number, y: number): number[] => [
  ...pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3),
]

/** Each map, and where the result's pixel (x, y) comes from in a picture whose last index is n. */
const exact: Readonly<Record<string, [Affine, (x: number, y: number, n: number) => [number, number]]>> = {
  identity: [[1, 0, 0, 0, 1, 0], (x, y) => [x, y]],
  'left-right flip': [[-1, 0, 0, 0, 1, 0], (x, y, n) => [n - x, y]],
  'top-bottom flip': [[1, 0, 0, 0, -1, 0], (x, y, n) => [x, n - y]],
  'quarter turn': [[0, -1, 0, 1, 0, 0], (x, y, n) => [n - y, x]],
  'half turn': [[-1, 0, 0, 0, -1, 0], (x, y, n) => [n - x, n - y]],
}

for (const [name, [map, from]] of Object.entries(exact)) {
  test(`warp() ${name} moves pixels exactly`, () => {
    for (const size of [7, 8]) {
      const pixels = noise(size * size * 3)
      const out = warped(pixels, size, map)
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          assert.deepEqual(pixel(out, size, x, y), pixel(pixels, size, ...from(x, y, size - 1)))
        }
      }
    }
  })
}

test('warp() mirrors the picture at its border', () => {
  const size = 8
  const pixels = noise(size * size * 3)
  const out = warped(pixels, size, [1, 0, -3 / size, 0, 1, 0])
  const columns = [2, 1, 0, 0, 1, 2, 3, 4]
  for (const [x, column] of columns.entries()) {
    assert.deepEqual(pixel(out, size, x, 5), pixel(pixels, size, column, 5))
  }
})

test('warp() mirrors again and again far outside', () => {
  const size = 4
  const pixels = noise(size * size * 3)
  assert.deepEqual(warped(pixels, size, [1, 0, 10, 0, 1, -12]), pixels)
})

test('warp() mixes neighbours by their nearness', () => {
  const size = 4
  const pixels = new Uint8Array(size * size * 3)
  for (let i = 0; i < size * size; i++) pixels.fill((i % size) * 40, i * 3, i * 3 + 3)
  const quarter = 0.25 / size
  const out = warped(pixels, size, [1, 0, quarter, 0, 1, 0])
  assert.deepEqual(pixel(out, size, 1, 2), [50, 50, 50])
})
