import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareAlphanumeric, compareCodeUnits } from '../../src/dataset/order.ts'

test('compareAlphanumeric() puts numbers in their order', () => {
  const names = [
    'img10',
    '10',
    '2',
    'img9',
    'b',
    'B',
    '010',
    '9007199254740993',
    '9007199254740992',
    '0',
    '1',
  ]
  assert.deepEqual(names.sort(compareAlphanumeric), [
    '0',
    '1',
    '2',
    '010',
    '10',
    '9007199254740992',
    '9007199254740993',
    'B',
    'b',
    'img9',
    'img10',
  ])
})

test('compareAlphanumeric() is a total order', () => {
  const name = fc.stringMatching(/^[a-b0-1\-é]{0,5}$/)
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      const ab = Math.sign(compareAlphanumeric(a, b))
      assert.equal(ab, -Math.sign(compareAlphanumeric(b, a)) || 0)
      assert.equal(ab === 0, a === b)
      if (ab <= 0 && compareAlphanumeric(b, c) <= 0) assert.ok(compareAlphanumeric(a, c) <= 0)
    }),
  )
})

test('compareCodeUnits() sorts as JavaScript does by itself', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), names => {
      assert.deepEqual([...names].sort(compareCodeUnits), [...names].sort())
    }),
  )
})
