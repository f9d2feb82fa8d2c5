/** One task as one line, at every width. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barLine, plainLine, summaryLine, type TaskState } from '../../../src/cli/terminal/bar.ts'
import { cellWidth } from '../../../src/cli/terminal/text.ts'
import { matchesGolden } from '../../golden.ts'
import { marked, plain } from './fake.ts'

const decode: TaskState = {
  name: 'decode',
  done: 4000,
  total: 17_500,
  unit: 'images',
  note: '3 skipped',
  perSecond: 2012,
  secondsLeft: 6.7,
}
const unknown = { perSecond: Number.NaN, secondsLeft: Number.NaN }

test('barLine() gives up the note, the rate, the bar and the time left as the terminal gets narrower', () => {
  const lines = Array.from({ length: 80 }, (_, i) => barLine(decode, 8, i + 20, plain))
  const different = lines.filter((line, i) => line !== lines[i - 1])
  matchesGolden('cli/terminal/golden/bar-widths.txt', `${different.join('\n')}\n`)
})

test('barLine() never takes more cells than there are', () => {
  for (const task of [
    decode,
    { ...decode, ...unknown },
    { ...decode, total: undefined },
    { ...decode, note: '猫'.repeat(30) },
  ])
    for (let width = 0; width < 120; width++) {
      const line = barLine(task, 8, width, plain)
      assert.ok(cellWidth(line) <= width, `${width}: ${line}`)
    }
})

test('barLine() fills the bar from nothing to all, also for no work and too much', () => {
  const filled = (done: number, total: number): number =>
    [...barLine({ ...decode, ...unknown, done, total, note: '' }, 8, 80, plain)].filter(
      letter => letter === '━',
    ).length
  assert.deepEqual([filled(0, 100), filled(50, 100), filled(99, 100), filled(100, 100)], [0, 12, 23, 24])
  assert.deepEqual([filled(0, 0), filled(120, 100)], [24, 24])
})

test('barLine() colours the bar and nothing else', () => {
  const line = barLine({ ...decode, ...unknown, note: '' }, 6, 80, marked)
  assert.equal(line, 'decode  <cyan>━━━━━</><dim>───────────────────</>   4,000/17,500')
})

test('barLine() of a task without a total counts', () => {
  assert.equal(
    barLine({ ...decode, total: undefined, note: '' }, 8, 80, plain),
    'decode    4,000 images  2,012/s',
  )
})

test('plainLine() says the same in words', () => {
  assert.equal(plainLine(decode), 'decode: 4,000 of 17,500 images (22.9%), 2,012/s, 6.7 s left, 3 skipped')
  assert.equal(plainLine({ ...decode, ...unknown, total: undefined, unit: '', note: '' }), 'decode: 4,000')
  assert.equal(plainLine({ ...decode, ...unknown, done: 0, total: 0, note: '' }), 'decode: 0 of 0 images')
})

test('plainLine() turns a rate below one a second around', () => {
  assert.match(plainLine({ ...decode, perSecond: 0.25 }), / 4\.0 s each,/)
  assert.match(plainLine({ ...decode, perSecond: 1.25 }), / 1\.3\/s,/)
})

test('summaryLine() says how much in how long, and how fast where that is known', () => {
  assert.equal(summaryLine('decode', 17_500, 'images', 8.7), 'decode: 17,500 images in 8.7 s, 2,011/s')
  assert.equal(summaryLine('decode', 40, 'images', 0.1), 'decode: 40 images in 0.1 s')
  assert.equal(summaryLine('save', 1, '', 3), 'save: 1 in 3.0 s')
})
