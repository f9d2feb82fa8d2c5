/** Principal directions on rows whose directions are known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distances, principalDirections, type Rows } from '../../src/train/principal.ts'
import { randomOf } from '../../src/util/random.ts'

/** Rows that differ by 10 along (3, 4, 0, ...)/5, by 3 along the third axis, and by 0.1 along all. */
function made(count: number, length: number): Rows {
  const random = randomOf(3, 'rows')
  const values = new Float64Array(count * length)
  for (let row = 0; row < count; row++) {
    const [first, second] = [10 * random.normal(), 3 * random.normal()]
    for (let i = 0; i < length; i++) values[row * length + i] = 7 + 0.1 * random.normal()
    values[row * length]! += 0.6 * first
    values[row * length + 1]! += 0.8 * first
    values[row * length + 2]! += second
  }
  return { length, values }
}

test('principalDirections() finds the directions along which rows differ most, the most first', () => {
  const { mean, directions } = principalDirections(made(400, 6), 2)
  assert.ok(Math.abs(mean[5]! - 7) < 0.05)
  const [first, second] = [directions.subarray(0, 6), directions.subarray(6)]
  assert.ok(Math.abs(first[0]! * 0.6 + first[1]! * 0.8) > 0.999)
  assert.ok(Math.abs(second[2]!) > 0.999)
})

test('principalDirections() gives orthonormal directions, and zeros where rows span fewer', () => {
  const { directions } = principalDirections(made(400, 6), 3)
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1, 2]) {
      let product = 0
      for (let i = 0; i < 6; i++) product += directions[a * 6 + i]! * directions[b * 6 + i]!
      assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-9)
    }
  }
  const flat = { length: 2, values: Float64Array.of(0, 0, 1, 1, 2, 2) }
  assert.deepEqual([...principalDirections(flat, 2).directions.subarray(2)], [0, 0])
})

test('distances() are what the directions leave', () => {
  const space = { mean: Float64Array.of(1, 1, 1), directions: Float64Array.of(1, 0, 0) }
  const rows = { length: 3, values: Float64Array.of(9, 1, 1, 1, 4, 5) }
  assert.deepEqual([...distances(rows, space)], [0, 5])
})
