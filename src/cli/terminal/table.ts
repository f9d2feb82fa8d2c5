/** Rows as aligned columns, for people. */
import type { Style } from './stream.ts'
import { cellWidth, fitCells, padCells, printable } from './text.ts'

/** One column of a table. */
export interface Column {
  readonly title: string
  /** Numbers read best at the right; the default is left. */
  readonly align?: 'left' | 'right'
  /** The end of a long cell that may be cut where room is short; without it the column is never cut. */
  readonly cut?: 'start' | 'end'
}

const gap = 2
const narrowest = 8

/**
 * A header, a rule and a line for each row, control characters written out.
 *
 * @param rows each as long as the columns
 * @param width cells a line; columns that may be cut share what room the others leave. Infinity cuts nothing
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  style: Style,
): string[] {
  const cells = rows.map(row => row.map(printable))
  const widths = fitWidths(columns, cells, width)
  const line = (texts: readonly string[]): string =>
    columns
      .map(({ align = 'left', cut = 'end' }, i) =>
        padCells(fitCells(texts[i]!, widths[i]!, cut), widths[i]!, align),
      )
      .join(' '.repeat(gap))
      .trimEnd()
  const header = line(columns.map(({ title }) => title))
  const rule = widths.map(cells => '─'.repeat(cells)).join(' '.repeat(gap))
  return [style('bold', header), style('dim', rule), ...cells.map(line)]
}

/** The width of each column: its widest cell, less where all would not fit. */
function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, cellWidth(row[i]!)), cellWidth(title)),
  )
  let excess = widths.reduce((a, b) => a + b, 0) + gap * (columns.length - 1) - width
  while (excess > 0) {
    // The widest of those that may be cut gives way first, so that they end up equally wide.
    const widest = columns.reduce(
      (best, { cut }, i) => (cut && widths[i]! > (widths[best] ?? narrowest) ? i : best),
      -1,
    )
    if (widest < 0) break
    widths[widest] = widths[widest]! - 1
    excess--
  }
  return widths
}
