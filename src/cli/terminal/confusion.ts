/** What was taken for what, as a matrix or, with many classes, as a list. */
import { formatCount } from '../../util/format.ts'
import type { Style } from './stream.ts'
import { type Column, table } from './table.ts'
import { cellWidth, fitCells, printable } from './text.ts'

const widestTitle = 12
const listed = 10

/**
 * The confusion matrix, a row for each true class and a column for each predicted one; where it is too wide, the
 * commonest mistakes.
 *
 * @param counts [K][K]
 * @param width cells a line
 */
export function confusionTable(
  names: readonly string[],
  counts: readonly (readonly number[])[],
  width: number,
  style: Style,
): string[] {
  const titles = names.map(name => fitCells(printable(name), widestTitle))
  const columns: Column[] = [
    { title: 'true \\ predicted', cut: 'end' },
    ...titles.map(title => ({ title, align: 'right' as const })),
  ]
  const rows = counts.map((row, k) => [names[k]!, ...row.map(formatCount)])
  const needed = titles.reduce(
    (sum, title) => sum + Math.max(5, cellWidth(title)) + 2,
    cellWidth('true \\ predicted'),
  )
  return needed <= width ? table(columns, rows, width, style) : mistakeTable(names, counts, width, style)
}

function mistakeTable(
  names: readonly string[],
  counts: readonly (readonly number[])[],
  width: number,
  style: Style,
): string[] {
  const mistakes = counts.flatMap((row, truth) =>
    row
      .map((count, predicted) => ({ truth, predicted, count }))
      .filter(one => one.truth !== one.predicted && one.count > 0),
  )
  const rows = mistakes
    .sort((a, b) => b.count - a.count)
    .slice(0, listed)
    .map(({ truth, predicted, count }) => [names[truth]!, names[predicted]!, formatCount(count)])
  const columns: Column[] = [
    { title: 'true', cut: 'end' },
    { title: 'predicted', cut: 'end' },
    { title: 'mistakes', align: 'right' },
  ]
  return rows.length === 0 ? ['No mistakes'] : table(columns, rows, width, style)
}
