import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted, listed, quoted } from '../../src/util/words.ts'

test('quoted() keeps any name on one line', () => {
  assert.equal(quoted('a\nb\u0007\u2028"'), '"a\\nb\\u0007\\u2028""')
  assert.equal(quoted('Müller 猫'), '"Müller 猫"')
})

test('listed() names a few and counts the others', () => {
  assert.equal(listed([]), '')
  assert.equal(listed(['a']), '"a"')
  assert.equal(listed(['a', 'b', 'c']), '"a", "b" and "c"')
  assert.equal(listed(['a', 'b', 'c', 'd', 'e']), '"a", "b", "c" and 2 more')
})

test('counted() agrees in number', () => {
  assert.equal(counted(1, 'image'), '1 image')
  assert.equal(counted(17500, 'image'), '17,500 images')
  assert.equal(counted(2, 'entry', 'entries'), '2 entries')
})
