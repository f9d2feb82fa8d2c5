/** The table of epochs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EpochRow, epochTable } from '../../../src/cli/terminal/epochs.ts'
import { cellWidth } from '../../../src/cli/terminal/text.ts'
import { matchesGolden } from '../../golden.ts'
import { marked, plain } from './fake.ts'

const rows: readonly EpochRow[] = [
  {
    epoch: 1,
    phase: 'head',
    train: { loss: 12.34567, accuracy: 0.5 },
    validation: { loss: 0.7, accuracy: 0.75, macroF1: 0.7421, rocAuc: 0.8123 },
    seconds: 1.23,
    isBest: true,
  },
  {
    epoch: 60,
    phase: 'fine-tune',
    train: { loss: 0.01234, accuracy: 1 },
    validation: { loss: 0.0456, accuracy: 0.99314, macroF1: 0.99, rocAuc: 0.99951 },
    seconds: 83.6,
    isBest: false,
  },
  {
    epoch: 100,
    phase: 'a phase with a long name',
    train: { loss: Number.NaN, accuracy: null },
    validation: { loss: null, accuracy: null, macroF1: null, rocAuc: null },
    seconds: 1234,
    isBest: true,
  },
]

test('epochTable() lines up at every width', () => {
  const texts = [80, 64, 40, 10].flatMap(width => {
    const { header, row } = epochTable(width, 2, plain)
    return [...header(), ...rows.map(row), '']
  })
  matchesGolden('cli/terminal/golden/epochs.txt', `${texts.join('\n')}\n`)
})

test('epochTable() fits a terminal of 80 cells with all its columns', () => {
  const { header, row } = epochTable(80, 2, plain)
  for (const line of [...header(), ...rows.map(row)]) assert.ok(cellWidth(line) <= 80, line)
})

test('epochTable() has ROC AUC for two classes only', () => {
  assert.match(epochTable(80, 2, plain).header()[1]!, /F1 +AUC +time$/)
  assert.match(epochTable(80, 3, plain).header()[1]!, /F1 +time$/)
})

test('epochTable() marks the best epochs', () => {
  const { row } = epochTable(80, 2, marked)
  assert.deepEqual(
    rows.map(one => row(one).endsWith(' <green>*</>')),
    [true, false, true],
  )
})
