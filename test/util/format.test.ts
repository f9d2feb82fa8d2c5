/** Numbers as people read them, at the edges between units. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../src/util/format.ts'

/** One text per number, both in order. */
function reads(format: (value: number) => string, expected: readonly (readonly [number, string])[]): void {
  for (const [value, text] of expected) assert.equal(format(value), text, String(value))
}

test('formatCount() separates thousands', () => {
  reads(formatCount, [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [17_500, '17,500'],
    [1_234_567.6, '1,234,568'],
    [-1234, '-1,234'],
    [-0.2, '0'],
  ])
})

test('formatCount() agrees with Intl.NumberFormat for any integer', () => {
  const intl = new Intl.NumberFormat('en-US')
  fc.assert(fc.property(fc.maxSafeInteger(), count => assert.equal(formatCount(count), intl.format(count))))
})

test('formatBytes() changes units where rounding does', () => {
  reads(formatBytes, [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [9216, '9.2 KB'],
    [9960, '10 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [1.5e9, '1.5 GB'],
    [4.2e16, '42 PB'],
    [4.2e18, '4200 PB'],
  ])
})

test('formatDuration() shows two units, and never 60 of one', () => {
  reads(formatDuration, [
    [-1, '0.0 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [3599.4, '59 min 59 s'],
    [3599.7, '1 h 00 min'],
    [7620, '2 h 07 min'],
    [86_399, '1 d 00 h'],
    [270_000, '3 d 03 h'],
  ])
})

test('formatPercent() keeps 100% for perfection and 0% for nothing', () => {
  reads(formatPercent, [
    [0, '0%'],
    [0.0001, '0.1%'],
    [0.5, '50.0%'],
    [0.9931, '99.3%'],
    [0.99999, '99.9%'],
    [1, '100%'],
  ])
  assert.equal(formatPercent(0.99314, 2), '99.31%')
  assert.equal(formatPercent(0.999_999, 2), '99.99%')
})

test('formats read "–" for what is not finite', () => {
  for (const format of [formatCount, formatBytes, formatDuration, formatPercent])
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(format(value), '–')
})
