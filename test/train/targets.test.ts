/** Targets, example weights and losses are those of Keras. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Example } from '../../src/dataset/types.ts'
import { crossEntropy, figuresOf, probabilitiesOf } from '../../src/train/figures.ts'
import { classWeightsOf, writeTarget } from '../../src/train/targets.ts'
import type { UserError } from '../../src/util/errors.ts'

const examples = (labels: readonly number[]): Example[] =>
  labels.map((label, at) => ({
    id: String(at),
    label,
    split: null,
    source: { type: 'file', path: String(at) },
  }))

test('writeTarget() gives one number to a sigmoid, smoothed towards one half', () => {
  const out = new Float32Array(2)
  const options = { activation: 'sigmoid', logits: 1, smoothing: 0.2 } as const
  writeTarget(out, 0, 0, options)
  writeTarget(out, 1, 1, options)
  assert.deepEqual([...out], [Math.fround(0.1), Math.fround(0.9)])
})

test('writeTarget() gives a row to softmax, smoothed towards even odds', () => {
  const out = new Float32Array(8)
  writeTarget(out, 1, 2, { activation: 'softmax', logits: 4, smoothing: 0.4 })
  assert.deepEqual([...out.slice(0, 4)], [0, 0, 0, 0])
  const expected = [0.1, 0.1, 0.7, 0.1]
  assert.ok(out.slice(4).every((value, k) => Math.abs(value - expected[k]!) < 1e-7))
})

test('classWeightsOf() balances classes as scikit-learn does', () => {
  const weights = classWeightsOf('balanced', ['a', 'b'], examples([0, 0, 0, 1]))
  assert.deepEqual([...weights], [4 / 6, 4 / 2])
  assert.deepEqual([...classWeightsOf('none', ['a', 'b'], examples([0, 1]))], [1, 1])
  assert.deepEqual([...classWeightsOf({ b: 3 }, ['a', 'b'], examples([0, 1]))], [1, 3])
  assert.deepEqual([...classWeightsOf({ a: 3 }, ['a', 'constructor'], examples([0, 1]))], [3, 1])
})

test('classWeightsOf() refuses a class that there is not', () => {
  assert.throws(
    () => classWeightsOf({ c: 3 }, ['a', 'b'], examples([0, 1])),
    (error: UserError) => error.code === 'usage' && /"c", which is no class/.test(error.message),
  )
})

test('probabilitiesOf() makes two columns of a sigmoid, and sums to 1 for softmax of any size', () => {
  const two = probabilitiesOf(Float32Array.of(0, Math.log(3)), 'sigmoid', 2)
  assert.ok([0.5, 0.5, 0.25, 0.75].every((value, at) => Math.abs(two[at]! - value) < 1e-6))
  const large = probabilitiesOf(Float32Array.of(500, 1000, -1000), 'softmax', 3)
  assert.deepEqual([...large], [0, 1, 0])
})

test('crossEntropy() does not overflow and agrees with both activations', () => {
  const loss = crossEntropy(Float32Array.of(800, -800), [0, 1], 'sigmoid', 2)
  assert.equal(loss, 800)
  const softmax = crossEntropy(Float32Array.of(0, 2, 0, 0, 0, 2), [1, 2], 'softmax', 3)
  assert.ok(Math.abs(softmax - (Math.log(2 + Math.exp(2)) - 2)) < 1e-12)
})

test('figuresOf() gives no AUC where one class is absent', () => {
  const figures = figuresOf(Float32Array.of(0.4, 0.6, 0.3, 0.7), [1, 1], 2, 0.5)
  assert.equal(figures.accuracy, 1)
  assert.equal(figures.rocAuc, null)
})
