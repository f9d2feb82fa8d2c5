/** Typing slips and the word that was meant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closest, typingSlips } from '../../src/util/closest.ts'

const options = ['--epochs', '--batch-size', '--size', '--seed', '--learning-rate', '--json']

test('closest() finds the option that was meant', () => {
  assert.equal(closest('--epcohs', options), '--epochs')
  assert.equal(closest('--batchsize', options), '--batch-size')
  assert.equal(closest('--lerning-rat', options), '--learning-rate')
  assert.equal(closest('--JSON', options), '--json')
  assert.equal(closest('tran', ['train', 'predict']), 'train')
})

test('closest() is undefined when nothing is near', () => {
  assert.equal(closest('--momentum', options), undefined)
  assert.equal(closest('xy', ['train', 'predict']), undefined)
  assert.equal(closest('train', []), undefined)
})

test('closest() prefers fewer slips, then the first', () => {
  assert.equal(closest('cats', ['cots', 'cat', 'cats']), 'cats')
  assert.equal(closest('cat', ['cut', 'cot']), 'cut')
})

test('typingSlips() counts insertions, deletions, replacements and swaps of neighbours', () => {
  for (const [a, b, slips] of [
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['abcd', 'badc', 2],
    ['ca', 'abc', 3], // the restricted form: two if letters could be touched twice
  ] as const)
    assert.equal(typingSlips(a, b), slips, `${a} -> ${b}`)
})

test('typingSlips() is symmetric, zero only for equal words, and at most the longer length', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const slips = typingSlips(a, b)
      assert.equal(typingSlips(b, a), slips)
      assert.equal(slips === 0, a === b)
      assert.ok(slips >= Math.abs(a.length - b.length) && slips <= Math.max(a.length, b.length))
    }),
  )
})
