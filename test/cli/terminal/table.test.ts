/** Tables of results. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confusionTable } from '../../../src/cli/terminal/confusion.ts'
import { type Column, table } from '../../../src/cli/terminal/table.ts'
import { cellWidth } from '../../../src/cli/terminal/text.ts'
import { matchesGolden } from '../../golden.ts'
import { marked, plain } from './fake.ts'

const columns: readonly Column[] = [
  { title: 'file', cut: 'start' },
  { title: 'label', cut: 'end' },
  { title: 'score', align: 'right' },
]
const rows = [
  ['photos/a/rather/deep/folder/of/pictures/photo.jpg', 'cactus', '99.3%'],
  ['x\ny.jpg', 'a label that someone has made very long', '51.0%'],
  ['猫の写真.png', '猫', '8.0%'],
]
const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`

test('table() aligns any names in as much room as there is', () => {
  const texts = [Number.POSITIVE_INFINITY, 80, 50].flatMap(width => table(columns, rows, width, plain))
  matchesGolden('cli/terminal/golden/tables.txt', joined(texts))
})

test('table() fits the width by cutting the widest columns, and those alone that may be cut', () => {
  for (let width = 30; width < 120; width++)
    for (const line of table(columns, rows, width, plain))
      assert.ok(cellWidth(line) <= width, `${width}: ${line}`)
  const uncut = table(
    [{ title: 'a' }, { title: 'b', cut: 'end' }],
    [['x'.repeat(40), 'y'.repeat(40)]],
    20,
    plain,
  )
  assert.equal(uncut[2], `${'x'.repeat(40)}  yyyyyyy…`)
})

test('table() without rows is a header', () => {
  assert.deepEqual(table(columns, [], 80, marked), [
    '<bold>file  label  score</>',
    '<dim>────  ─────  ─────</>',
  ])
})

test('confusionTable() is a matrix where it fits, and a list of mistakes where it does not', () => {
  const small = confusionTable(
    ['no cactus', 'cactus'],
    [
      [430, 6],
      [2, 1312],
    ],
    80,
    plain,
  )
  const names = Array.from({ length: 30 }, (_, k) => `class ${k}`)
  const counts = names.map((_, i) => names.map((_, j) => (i === j ? 50 : (i * j) % 29 === 1 ? i : 0)))
  const large = confusionTable(names, counts, 80, plain)
  matchesGolden('cli/terminal/golden/confusions.txt', joined([...small, ...large]))
})

test('confusionTable() without mistakes, too large for a matrix, says so', () => {
  const names = Array.from({ length: 30 }, (_, k) => `class ${k}`)
  const counts = names.map((_, i) => names.map((_, j) => (i === j ? 1 : 0)))
  assert.deepEqual(confusionTable(names, counts, 80, plain), ['No mistakes'])
})
