/** Pooled figures of folds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crossValidation } from '../../src/evaluate/cross-validation.ts'
import { wilsonInterval } from '../../src/evaluate/interval.ts'

test('crossValidation() counts over all examples, and each fold by itself', () => {
  const yes = [0.2, 0.8]
  const no = [0.9, 0.1]
  const pooled = crossValidation([
    { probabilities: [...yes, ...no, ...yes, ...no], labels: [1, 0, 1, 1] },
    { probabilities: [...yes, ...no], labels: [1, 0] },
  ])
  assert.deepEqual(pooled.perFold, [0.75, 1])
  assert.deepEqual([pooled.folds, pooled.examples, pooled.accuracy], [2, 6, 5 / 6])
  assert.deepEqual(pooled.accuracyInterval, wilsonInterval(5, 6))
  // F1 of class 0: 2 right of 3 named and 2 there; of class 1: 3 of 3 and 4.
  assert.ok(Math.abs(pooled.macroF1 - (4 / 5 + 6 / 7) / 2) < 1e-12)
})
