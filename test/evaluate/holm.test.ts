import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holmAdjusted } from '../../src/evaluate/holm.ts'

test('holmAdjusted() gives what R’s p.adjust(p, "holm") gives', () => {
  const adjusted = holmAdjusted([0.01, 0.02, 0.03, 0.005])
  ;[0.03, 0.04, 0.04, 0.02].forEach((expected, i) => {
    assert.ok(Math.abs(adjusted[i]! - expected) < 1e-12)
  })
  assert.deepEqual(holmAdjusted([0.7, 0.6]), [1, 1])
  assert.deepEqual(holmAdjusted([]), [])
})
