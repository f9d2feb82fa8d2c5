import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aucScoreInterval } from '../../src/evaluate/auc-score-interval.ts'

test('aucScoreInterval() holds the area, stays in 0..1 and narrows with more examples', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (area, count) => {
        const { low, high } = aucScoreInterval(area, count, count + 3)
        assert.ok(0 <= low && low <= area && area <= high && high <= 1)
        const more = aucScoreInterval(area, 10 * count, 10 * (count + 3))
        assert.ok(more.high - more.low < high - low)
      },
    ),
  )
})

test('aucScoreInterval() is symmetric', () => {
  const [one, other] = [aucScoreInterval(0.8, 20, 20), aucScoreInterval(1 - 0.8, 20, 20)]
  assert.ok(Math.abs(one.low - (1 - other.high)) < 1e-12 && Math.abs(one.high - (1 - other.low)) < 1e-12)
})

test('aucScoreInterval() refuses an area out of range and a class without examples', () => {
  assert.throws(() => aucScoreInterval(1.1, 3, 3), RangeError)
  assert.throws(() => aucScoreInterval(Number.NaN, 3, 3), RangeError)
  assert.throws(() => aucScoreInterval(0.5, 0, 3), RangeError)
})
