/** Wilson's interval. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wilsonInterval } from '../../src/evaluate/interval.ts'

test('wilsonInterval() holds the share and narrows with more trials', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (right, wrong) => {
      const { low, high } = wilsonInterval(right, right + wrong)
      const share = right / (right + wrong || 1)
      assert.ok(0 <= low && low <= share && share <= high && high <= 1)
      const more = wilsonInterval(10 * right, 10 * (right + wrong))
      assert.ok(right + wrong === 0 || more.high - more.low < high - low)
    }),
  )
})

test('wilsonInterval() is [0, 1] without trials, and refuses more successes than trials', () => {
  assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 })
  assert.throws(() => wilsonInterval(3, 2), /^RangeError: Successes must be in 0\.\.2\. Received: 3$/)
})
