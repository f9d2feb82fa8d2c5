import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitImage } from '../../src/pipeline/fit.ts'
import { resizeImage } from '../../src/pipeline/resize.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { noisyImage, pixelAt } from './pictures.ts'

const background = [10, 20, 30] as const

/** Three vertical stripes, 20 wide and 10 high each: red, green, blue. */
function stripes(): Image {
  const data = new Uint8Array(60 * 10 * 3)
  for (let i = 0; i < 600; i++) data[i * 3 + Math.floor((i % 60) / 20)] = 255
  return { width: 60, height: 10, data }
}

test('fitImage() squash is the whole picture stretched', () => {
  const image = noisyImage(31, 17)
  const square = fitImage(image, { size: 12, fit: 'squash', background })
  assert.deepEqual(square, resizeImage(image, 12, 12))
})

test('fitImage() crop keeps the centre only', () => {
  const { data } = fitImage(stripes(), { size: 10, fit: 'crop', background })
  for (let i = 0; i < 100; i++) assert.deepEqual([...data.subarray(i * 3, i * 3 + 3)], [0, 255, 0])
})

test('fitImage() pad keeps all of it between bars of the background', () => {
  const square = fitImage(stripes(), { size: 60, fit: 'pad', background })
  assert.deepEqual(pixelAt(square, 30, 24), [...background])
  assert.deepEqual(pixelAt(square, 30, 35), [...background])
  assert.deepEqual(pixelAt(square, 5, 25), [255, 0, 0])
  assert.deepEqual(pixelAt(square, 55, 34), [0, 0, 255])
})

test('fitImage() pad keeps at least one row of a very long picture', () => {
  const line = { width: 1000, height: 1, data: new Uint8Array(3000).fill(255) }
  const square = fitImage(line, { size: 8, fit: 'pad', background })
  assert.deepEqual(pixelAt(square, 0, 3), [255, 255, 255])
  assert.deepEqual(pixelAt(square, 0, 2), [...background])
})

test('fitImage() treats a square alike whatever the fit', () => {
  const image = noisyImage(20, 20)
  const [squash, pad, crop] = (['squash', 'pad', 'crop'] as const).map(fit => {
    return fitImage(image, { size: 9, fit, background })
  })
  assert.deepEqual(pad, squash)
  assert.deepEqual(crop, squash)
})

test('fitImage() writes into the array that it is given', () => {
  for (const fit of ['squash', 'pad', 'crop'] as const) {
    const out = new Uint8Array(5 * 5 * 3)
    assert.equal(fitImage(noisyImage(8, 6), { size: 5, fit, background }, out).data, out)
    assert.ok(out.some(level => level > 0))
  }
})
