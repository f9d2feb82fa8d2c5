import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mostUncertain } from '../../src/evaluate/most-uncertain.ts'

test('mostUncertain() gives the smallest margins first, the earlier row of equals', () => {
  const probabilities = [0.75, 0.25, 0, 0.5, 0.375, 0.125, 0, 0.5625, 0.4375, 0.125, 0.0625, 0.8125]
  const found = mostUncertain({ probabilities, labels: [0, 1, 2, 2] }, 3)
  assert.deepEqual(
    found.map(({ index, label, predicted }) => [index, label, predicted]),
    [
      [1, 1, 0],
      [2, 2, 1],
      [0, 0, 0],
    ],
  )
  assert.deepEqual(
    found.map(({ margin }) => margin),
    [0.125, 0.125, 0.5],
  )
})
