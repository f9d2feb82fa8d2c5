/** Real numbers as whole ones: what is kept exactly, and how far off the rest is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realWeights, scaleOf, storedWeights } from '../../src/export/int8-numbers.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { randomOf } from '../../src/util/random.ts'

const ranges = [
  { least: 0, most: 6 },
  { least: -3, most: 1 },
  { least: -2, most: -1 },
  { least: 1, most: 2 },
  { least: -1e-4, most: 1e3 },
]

for (const { least, most } of ranges)
  test(`scaleOf() reaches from ${least} to ${most}, and stores 0 exactly`, () => {
    const { scale, zeroPoint } = scaleOf({ least, most })
    assert.ok(Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= 255)
    // The zero point is rounded, which moves both ends by half a step at most.
    const ends = [-zeroPoint * scale, (255 - zeroPoint) * scale] as const
    assert.ok(ends[0] <= Math.min(least, 0) + 0.51 * scale, `least ${ends[0]}`)
    assert.ok(ends[1] >= Math.max(most, 0) - 0.51 * scale, `most ${ends[1]}`)
  })

test('scaleOf() of nothing but zeros can be divided by', () => {
  assert.deepEqual(scaleOf({ least: 0, most: 0 }), { scale: 1, zeroPoint: 0 })
})

for (const axis of [0, 1])
  test(`storedWeights() are off by half a step of their channel at most, channels along axis ${axis}`, () => {
    const random = randomOf(1, 'weights')
    const shape = [4, 6, 3, 3]
    const data = Float32Array.from({ length: 216 }, () => random.normal() * 10 ** (random.next() * 3))
    const stored = storedWeights(tensor('float32', shape, data), axis)
    const real = realWeights(stored).data
    for (const [at, weight] of data.entries()) {
      const channel = axis === 0 ? Math.floor(at / 54) : Math.floor(at / 9) % 6
      const step = Number(stored.scales.data[channel])
      assert.ok(Math.abs(weight - Number(real[at])) <= 0.5001 * step, `weight ${at}`)
    }
  })

test('storedWeights() uses -64..64, so that two products with a uint8 add up in 16 bits', () => {
  const data = Float32Array.of(-2, 1, 0.5, 3, 0, 0)
  const { numbers, scales } = storedWeights(tensor('float32', [3, 2], data), 0)
  assert.deepEqual([...(numbers.data as Int8Array)], [-64, 32, 11, 64, 0, 0])
  assert.deepEqual([...(scales.data as Float32Array)], [2 / 64, 3 / 64, 1])
  assert.ok(2 * 255 * 64 < 2 ** 15)
})
