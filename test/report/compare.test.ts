import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparePairs, pairWords } from '../../src/report/compare.ts'
import { answeredRun, answersOf } from './made-comparison.ts'

const all = (isRight: boolean, count: number): boolean[] => Array.from({ length: count }, () => isRight)

test('comparePairs() counts disagreements on common examples, by names of classes and not by their order', () => {
  const first = answeredRun('x', answersOf([...all(true, 12), ...all(false, 2)]))
  const second = answeredRun('y', answersOf([...all(false, 10), ...all(true, 4)], ['b', 'a']), ['b', 'a'])
  const [pair] = comparePairs([first, second])
  assert.deepEqual([pair!.common, pair!.onlyFirst, pair!.onlySecond], [14, 10, 2])
  // Two-sided binomial test of 2 of 12: 2 (1 + 12 + 66) / 4096.
  assert.ok(Math.abs(pair!.pValue - 158 / 4096) < 1e-12)
  assert.match(
    pairWords(pair!),
    /^x against y, 14 common examples: 10 right by the first alone, 2 by the second alone \(p = 0\.039\): x is better by more than chance$/,
  )
})

test('comparePairs() adjusts for the number of pairs, and tells runs without common examples apart from equals', () => {
  const good = answeredRun('good', answersOf(all(true, 12)))
  const bad = answeredRun('bad', answersOf([...all(false, 6), ...all(true, 6)]))
  const other = answeredRun('other', answersOf(all(true, 5), ['a', 'b'], 100))
  const pairs = comparePairs([good, bad, good, other])
  const raw = 2 / 2 ** 6
  assert.deepEqual(
    pairs.map(({ common }) => common),
    [12, 12, 0, 12, 0, 0],
  )
  assert.ok(Math.abs(pairs[0]!.adjusted! - 3 * raw) < 1e-12)
  assert.equal(pairs[2]!.adjusted, null)
  assert.match(pairWords(pairs[2]!), /no example in common/)
})
