/** Cross-entropy at its limits. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logLoss } from '../../src/evaluate/log-loss.ts'

test('logLoss() of a certain mistake is finite, and depends on the dtype', () => {
  const wrong = [1, 0]
  assert.equal(logLoss({ probabilities: Float64Array.from(wrong), labels: [1] }), -Math.log(2 ** -52))
  assert.equal(logLoss({ probabilities: Float32Array.from(wrong), labels: [1] }), -Math.log(2 ** -23))
})

test('logLoss() of NaN is NaN, so that a diverged network is seen', () => {
  assert.equal(logLoss({ probabilities: [Number.NaN, Number.NaN], labels: [1] }), Number.NaN)
})
