/** The ROC curve and its area, against their definitions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { averagePrecision } from '../../src/evaluate/precision-recall.ts'
import { rocAuc, rocCurve } from '../../src/evaluate/roc.ts'

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`)

/** Both classes present, scores from few values so that ties are common. */
const scored = fc
  .array(fc.record({ label: fc.constantFrom(0, 1), score: fc.integer({ min: -4, max: 4 }) }), {
    maxLength: 40,
  })
  .map(rows => [{ label: 0, score: 0 }, { label: 1, score: 1 }, ...rows])
  .map(rows => ({ labels: rows.map(row => row.label), scores: rows.map(row => row.score) }))

test('rocAuc() is the share of pairs in the right order, ties counting half', () => {
  fc.assert(
    fc.property(scored, ({ labels, scores }) => {
      const positives = scores.filter((_, i) => labels[i] === 1)
      const negatives = scores.filter((_, i) => labels[i] === 0)
      const pairs = positives.flatMap(p => negatives.map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)))
      near(rocAuc(labels, scores), pairs.reduce((a, b) => a + b) / pairs.length)
    }),
  )
})

test('rocAuc() is the trapezoidal area under rocCurve()', () => {
  fc.assert(
    fc.property(scored, ({ labels, scores }) => {
      const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(labels, scores)
      const area = x.slice(1).reduce((sum, value, i) => sum + ((value - x[i]!) * (y[i + 1]! + y[i]!)) / 2, 0)
      near(rocAuc(labels, scores), area)
    }),
  )
})

test('rocAuc() of negated scores, or of swapped labels, is one minus it', () => {
  fc.assert(
    fc.property(scored, ({ labels, scores }) => {
      const area = rocAuc(labels, scores)
      near(
        rocAuc(
          labels,
          scores.map(score => -score),
        ),
        1 - area,
      )
      near(
        rocAuc(
          labels.map(label => 1 - label),
          scores,
        ),
        1 - area,
      )
    }),
  )
})

test('rocAuc() and averagePrecision() see only the order of scores', () => {
  fc.assert(
    fc.property(scored, ({ labels, scores }) => {
      const stretched = scores.map(score => Math.exp(3 * score) - 7)
      assert.equal(rocAuc(labels, stretched), rocAuc(labels, scores))
      assert.equal(averagePrecision(labels, stretched), averagePrecision(labels, scores))
    }),
  )
})

test('rocCurve() rises from (0, 0) to (1, 1)', () => {
  fc.assert(
    fc.property(scored, ({ labels, scores }) => {
      const { falsePositiveRate: x, truePositiveRate: y, thresholds } = rocCurve(labels, scores)
      assert.deepEqual([x[0], y[0], x.at(-1), y.at(-1)], [0, 0, 1, 1])
      for (let i = 1; i < x.length; i++)
        assert.ok(x[i]! >= x[i - 1]! && y[i]! >= y[i - 1]! && thresholds[i]! < thresholds[i - 1]!)
    }),
  )
})

test('rocAuc() is one half when all scores are equal, NaN with one class only', () => {
  assert.equal(rocAuc([0, 1, 1], [3, 3, 3]), 0.5)
  assert.equal(rocAuc([1, 1], [3, 4]), Number.NaN)
  assert.equal(rocAuc([], []), Number.NaN)
})

test('averagePrecision() is the share of positives when all scores are equal, NaN without positives', () => {
  assert.equal(averagePrecision([0, 1, 1, 0], [3, 3, 3, 3]), 0.5)
  assert.equal(averagePrecision([0, 0], [1, 2]), Number.NaN)
})

test('rocAuc() refuses a NaN score, another label and unequal lengths', () => {
  assert.throws(
    () => rocAuc([0, 1], [0, Number.NaN]),
    /^RangeError: A score must be a number\. Received: NaN at index 1$/,
  )
  assert.throws(() => rocAuc([0, 2], [0, 1]), /^RangeError: A label must be 0 or 1\. Received: 2$/)
  assert.throws(() => rocAuc([0], [0, 1]), /^RangeError: Labels and scores must be equally long/)
})
