/** The predicted class of a row. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argmax, column } from '../../src/evaluate/argmax.ts'

test('argmax() takes the first of equal values', () => {
  assert.deepEqual([...argmax([0.5, 0.5, 1, 2, 3, 3], 2)], [0, 1, 0])
})

test('column() picks one class of each row', () => {
  assert.deepEqual([...column(new Float32Array([0.25, 0.75, 1, 0]), 2, 1)], [0.75, 0])
})
