import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { openSession } from '../../src/graph/session.ts'
import { resampling } from '../../src/pipeline/resample.ts'
import { resizeImage, resizePlainly } from '../../src/pipeline/resize.ts'
import { resizeBySimd } from '../../src/pipeline/resize-kernel.ts'
import { noisyImage } from './pictures.ts'

interface PillowCase {
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly pixels: string
}

const pillow: readonly PillowCase[] = JSON.parse(readFileSync('test/pipeline/fixtures/resize.json', 'utf8'))
/** ONNX Runtime computes weights in float32, Pillow in float64: either pass may round a sum near a half the other way. */
const roundings = 2

for (const { from, to, pixels } of pillow) {
  test(`resizeImage() ${from} -> ${to} is Pillow's BILINEAR within two levels`, () => {
    const expected = Buffer.from(pixels, 'base64')
    const { data } = resizeImage(noisyImage(...from), ...to)
    assert.equal(data.length, expected.length)
    data.forEach((level, i) => {
      assert.ok(Math.abs(level - expected[i]!) <= roundings, `byte ${i}: ${level}, Pillow ${expected[i]}`)
    })
  })
}

const side = fc.integer({ min: 1, max: 120 })

test("resizeImage() is ONNX Runtime's Resize to the bit, for any sizes", async () => {
  const session = await openSession(readFileSync('test/pipeline/fixtures/resize.onnx'))
  const check = async (width: number, height: number, toWidth: number, toHeight: number): Promise<void> => {
    const image = noisyImage(width, height)
    const { resized } = await session.run({
      pixels: { dtype: 'uint8', shape: [1, height, width, 3], data: image.data },
      sizes: { dtype: 'int64', shape: [2], data: BigInt64Array.of(BigInt(toHeight), BigInt(toWidth)) },
    })
    assert.deepEqual(resizeImage(image, toWidth, toHeight).data, resized!.data)
  }
  await fc.assert(fc.asyncProperty(side, side, side, side, check), { numRuns: 150, seed: 1 })
  for (const size of [96, 224]) {
    await check(32, 32, size, size)
    await check(500, 375, size, size)
    await check(1200, 801, size, size)
  }
  await session.close()
})

test('the SIMD passes give the bits of the plain loops', () => {
  fc.assert(
    fc.property(side, side, side, side, (width, height, toWidth, toHeight) => {
      const { data } = noisyImage(width, height)
      const tables = [resampling(width, toWidth), resampling(height, toHeight)] as const
      const [plain, fast] = [new Uint8Array(toWidth * toHeight * 3), new Uint8Array(toWidth * toHeight * 3)]
      resizePlainly(data, width, height, ...tables, plain)
      assert.ok(resizeBySimd(data, width, height, ...tables, fast))
      assert.deepEqual(fast, plain)
    }),
    { numRuns: 100, seed: 2 },
  )
})

test('the SIMD passes leave pictures beyond their memory to the plain loops', () => {
  const image = { width: 5000, height: 4500, data: new Uint8Array(5000 * 4500 * 3).fill(77) }
  const tables = [resampling(5000, 2), resampling(4500, 2)] as const
  assert.equal(resizeBySimd(image.data, 5000, 4500, ...tables, new Uint8Array(12)), false)
  assert.deepEqual(resizeImage(image, 2, 2).data, new Uint8Array(12).fill(77))
})

test('resampling() weights are not negative and add up to one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), side, (input, output) => {
      const { start, count, weights, window } = resampling(input, output)
      for (let i = 0; i < output; i++) {
        const row = weights.subarray(i * window, i * window + count[i]!)
        assert.ok(start[i]! >= 0 && start[i]! + count[i]! <= input && row.every(weight => weight >= 0))
        // each of the weights is rounded to a unit of 2^-22 and to float32
        assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 2 ** 22) <= row.length + 4)
      }
    }),
    { numRuns: 100, seed: 3 },
  )
})

test('resizeImage() to the same size is a copy', () => {
  const image = noisyImage(7, 5)
  const copy = resizeImage(image, 7, 5)
  assert.deepEqual(copy.data, image.data)
  assert.notEqual(copy.data, image.data)
})

test('resizeImage() refuses a side that is no positive integer', () => {
  for (const side of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => resizeImage(noisyImage(2, 2), side, 2), RangeError)
  }
})
