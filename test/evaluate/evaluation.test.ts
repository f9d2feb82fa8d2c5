/** What must hold of any evaluation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { argmax } from '../../src/evaluate/argmax.ts'
import { evaluatePredictions } from '../../src/evaluate/evaluation.ts'
import { mostWrong } from '../../src/evaluate/most-wrong.ts'

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`)

const softmaxed = fc.integer({ min: 2, max: 5 }).chain(classes => {
  const row = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: classes, maxLength: classes })
  const example = fc.record({ label: fc.nat(classes - 1), row })
  return fc.array(example, { minLength: 1, maxLength: 30 }).map(examples => ({
    classes,
    labels: examples.map(({ label }) => label),
    probabilities: examples.flatMap(({ row }) => row.map(value => value / row.reduce((a, b) => a + b))),
  }))
})

test('evaluatePredictions() counts every example once and keeps shares in their range', () => {
  fc.assert(
    fc.property(softmaxed, predictions => {
      const evaluation = evaluatePredictions(predictions)
      const total = (rows: readonly (readonly number[])[]): number => rows.flat().reduce((a, b) => a + b)
      assert.equal(total(evaluation.confusion), predictions.labels.length)
      assert.equal(total([evaluation.reliability.map(({ count }) => count)]), predictions.labels.length)
      assert.equal(total([evaluation.perClass.map(({ support }) => support)]), predictions.labels.length)
      const { accuracy, macroF1, weightedF1, balancedAccuracy, calibrationError, matthews } = evaluation
      for (const share of [accuracy, macroF1, weightedF1, balancedAccuracy, calibrationError, matthews ** 2])
        assert.ok(share >= 0 && share <= 1 + 1e-12, String(share))
      assert.ok(evaluation.accuracyInterval.low <= accuracy && accuracy <= evaluation.accuracyInterval.high)
    }),
  )
})

test('evaluatePredictions() does not depend on the order of examples', () => {
  fc.assert(
    fc.property(softmaxed, ({ classes, labels, probabilities }) => {
      const rows = labels.map((_, i) => probabilities.slice(i * classes, (i + 1) * classes)).reverse()
      const one = evaluatePredictions({ labels, probabilities })
      const other = evaluatePredictions({ labels: labels.toReversed(), probabilities: rows.flat() })
      assert.deepEqual(other.confusion, one.confusion)
      near(other.loss, one.loss)
      near(other.calibrationError, one.calibrationError)
      assert.equal(other.rocAuc, one.rocAuc)
    }),
  )
})

test('evaluatePredictions() has no ranking figures for three classes, or when one of two is absent', () => {
  const three = evaluatePredictions({ probabilities: [0.2, 0.3, 0.5], labels: [2] })
  const one = evaluatePredictions({ probabilities: [0.2, 0.8], labels: [0] })
  for (const evaluation of [three, one])
    assert.deepEqual([evaluation.rocAuc, evaluation.averagePrecision], [null, null])
})

test('evaluatePredictions() refuses shapes that do not fit', () => {
  assert.throws(() => evaluatePredictions({ probabilities: [0.2, 0.3, 0.5], labels: [0, 1] }), RangeError)
  assert.throws(() => evaluatePredictions({ probabilities: [1, 1], labels: [0, 0] }), RangeError)
  assert.throws(() => evaluatePredictions({ probabilities: [], labels: [] }), RangeError)
  assert.throws(
    () => evaluatePredictions({ probabilities: [0.5, 0.5], labels: [2] }),
    /integer in 0\.\.1. Received: 2/,
  )
})

test('evaluatePredictions() refuses NaN probabilities of two classes', () => {
  assert.throws(
    () => evaluatePredictions({ probabilities: [Number.NaN, Number.NaN], labels: [0] }),
    RangeError,
  )
})

test('mostWrong() lists every mistake once, surest first', () => {
  fc.assert(
    fc.property(softmaxed, predictions => {
      const mistakes = mostWrong(predictions, Number.POSITIVE_INFINITY)
      const predicted = argmax(predictions.probabilities, predictions.classes)
      const wrong = predictions.labels.flatMap((label, i) => (label === predicted[i] ? [] : [i]))
      assert.deepEqual(
        mistakes.map(({ index }) => index).sort((a, b) => a - b),
        wrong,
      )
      for (let i = 1; i < mistakes.length; i++)
        assert.ok(mistakes[i]!.confidence <= mistakes[i - 1]!.confidence)
    }),
  )
})
