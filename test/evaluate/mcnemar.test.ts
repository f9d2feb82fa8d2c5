/** McNemar's test. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mcnemar } from '../../src/evaluate/mcnemar.ts'

test('mcnemar() is symmetric, and 1 for equal classifiers', () => {
  const rows = fc.array(fc.record({ label: fc.nat(2), first: fc.nat(2), second: fc.nat(2) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(rows, examples => {
      const labels = examples.map(({ label }) => label)
      const first = examples.map(one => one.first)
      const second = examples.map(one => one.second)
      const there = mcnemar(labels, first, second)
      assert.equal(mcnemar(labels, second, first).pValue, there.pValue)
      assert.ok(there.pValue > 0 && there.pValue <= 1)
      assert.equal(mcnemar(labels, first, first).pValue, 1)
    }),
  )
})

test('mcnemar() stays a probability for thousands of disagreements', () => {
  const n = 4000
  const labels = new Uint8Array(n)
  const first = labels.map((_, i) => i % 2)
  const second = labels.map((_, i) => 1 - (i % 2))
  assert.equal(mcnemar(labels, first, second).pValue, 1)
})
