import { test } from 'node:test'
import { comparisonLines } from '../../../src/cli/compare/table.ts'
import { matchesGolden } from '../../golden.ts'
import { madeComparison } from '../../report/made-comparison.ts'
import { plain } from '../terminal/fake.ts'

test('comparisonLines() shows all columns where there is room, and at 80 cells those that tell most', () => {
  const widths = [80, 140].map(width => comparisonLines(madeComparison(3), width, plain).join('\n'))
  matchesGolden('cli/golden/compare.txt', `${widths.join('\n\n')}\n`)
})
