import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aucInterval } from '../../src/evaluate/auc-interval.ts'
import { rocAuc } from '../../src/evaluate/roc.ts'
import { randomOf } from '../../src/util/random.ts'

test('aucInterval() holds the area, stays in 0..1 and narrows with more examples', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (area, count) => {
        const { low, high } = aucInterval(area, count, count + 3)
        assert.ok(0 <= low && low <= area && area <= high && high <= 1)
        const more = aucInterval(area, 10 * count, 10 * (count + 3))
        assert.ok(more.high - more.low < high - low)
      },
    ),
  )
})

test('aucInterval() is symmetric, and has a width also where no pair is in the wrong order', () => {
  const [one, other] = [aucInterval(0.8, 20, 20), aucInterval(1 - 0.8, 20, 20)]
  assert.ok(Math.abs(one.low - (1 - other.high)) < 1e-12 && Math.abs(one.high - (1 - other.low)) < 1e-12)
  const { low, high } = aucInterval(1, 30, 30)
  assert.equal(high, 1)
  assert.ok(low > 0.85 && low < 0.99, String(low))
})

test('aucInterval() holds the true area in about 95% of seeded draws, as binormal theory gives it', () => {
  // Scores N(shift, 1) against N(0, 1): the area is the normal distribution function at shift / sqrt(2).
  const [shift, trueArea] = [1.8124, 0.9]
  const random = randomOf(5, 'auc')
  const draws = 600
  let held = 0
  for (let draw = 0; draw < draws; draw++) {
    const labels = Array.from({ length: 60 }, (_, i) => (i < 25 ? 1 : 0))
    const scores = labels.map(label => random.normal() + label * shift)
    const { low, high } = aucInterval(rocAuc(labels, scores), 25, 35)
    if (low <= trueArea && trueArea <= high) held++
  }
  assert.ok(held / draws > 0.93 && held / draws < 0.98, String(held / draws))
})

test('aucInterval() refuses an area out of range and a class without examples', () => {
  assert.throws(() => aucInterval(1.1, 3, 3), RangeError)
  assert.throws(() => aucInterval(Number.NaN, 3, 3), RangeError)
  assert.throws(() => aucInterval(0.5, 0, 3), RangeError)
})
