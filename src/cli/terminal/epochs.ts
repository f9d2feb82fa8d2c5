/** The table that a training run prints, one short row an epoch. */
import { formatCount, formatPercent } from '../../util/format.ts'
import type { Style } from './stream.ts'
import { fitCells, padCells, printable } from './text.ts'

/** An epoch's figures; null, or not finite, where there is none. */
export interface EpochRow {
  /** Counted from 1 through all phases. */
  readonly epoch: number
  readonly phase: string
  readonly train: { readonly loss: number | null; readonly accuracy: number | null }
  readonly validation: {
    readonly loss: number | null
    readonly accuracy: number | null
    readonly macroF1: number | null
    /** Of two classes. */
    readonly rocAuc: number | null
  }
  readonly seconds: number
  /** Whether it is the best so far. */
  readonly isBest: boolean
}

/** Prints a header once and then rows below it. */
export interface EpochTable {
  /** Two lines. */
  header(): string[]
  row(epoch: EpochRow): string
}

interface EpochColumn {
  /** Above the title: the set that figures are of. */
  readonly group: string
  readonly title: string
  readonly cells: number
  readonly show: (row: EpochRow) => string
  /** Columns of the highest rank go first where room is short. */
  readonly rank: number
}

const gap = 2
const mark = '*'

/**
 * A table as wide as the terminal allows; ROC AUC only where there are two classes.
 *
 * @param width cells a line
 */
export function epochTable(width: number, classes: number, style: Style): EpochTable {
  const columns = fitting(
    classes === 2 ? allColumns : allColumns.filter(({ title }) => title !== 'AUC'),
    width,
  )
  const line = (textOf: (column: EpochColumn) => string): string =>
    columns.map(column => padCells(textOf(column), column.cells, alignment(column))).join(' '.repeat(gap))
  return {
    header: () => [style('dim', groupLine(columns)), style('bold', line(({ title }) => title).trimEnd())],
    row: epoch => {
      const text = line(column => fitCells(printable(column.show(epoch)), column.cells))
      return epoch.isBest ? `${text} ${style('green', mark)}` : text
    },
  }
}

const allColumns: readonly EpochColumn[] = [
  { group: '', title: 'epoch', cells: 5, rank: 0, show: ({ epoch }) => String(epoch) },
  { group: '', title: 'phase', cells: 9, rank: 3, show: ({ phase }) => phase },
  { group: 'train', title: 'loss', cells: 6, rank: 2, show: ({ train }) => formatLoss(train.loss) },
  { group: 'train', title: 'accuracy', cells: 8, rank: 1, show: ({ train }) => formatShare(train.accuracy) },
  {
    group: 'validation',
    title: 'loss',
    cells: 6,
    rank: 0,
    show: ({ validation }) => formatLoss(validation.loss),
  },
  {
    group: 'validation',
    title: 'accuracy',
    cells: 8,
    rank: 0,
    show: ({ validation }) => formatShare(validation.accuracy),
  },
  {
    group: 'validation',
    title: 'F1',
    cells: 6,
    rank: 4,
    show: ({ validation }) => formatFigure(validation.macroF1),
  },
  {
    group: 'validation',
    title: 'AUC',
    cells: 6,
    rank: 5,
    show: ({ validation }) => formatFigure(validation.rocAuc),
  },
  { group: '', title: 'time', cells: 7, rank: 1, show: ({ seconds }) => formatSeconds(seconds) },
]

const alignment = ({ title }: EpochColumn): 'left' | 'right' => (title === 'phase' ? 'left' : 'right')

/** The columns that fit, the least important left out. */
function fitting(columns: readonly EpochColumn[], width: number): readonly EpochColumn[] {
  const needed = columns.reduce((sum, { cells }) => sum + cells + gap, 0) - gap + ` ${mark}`.length
  if (needed <= width) return columns
  const leastImportant = Math.max(...columns.map(({ rank }) => rank))
  return leastImportant === 0
    ? columns
    : fitting(
        columns.filter(({ rank }) => rank < leastImportant),
        width,
      )
}

/** Each group's name from the left side of its first column. */
function groupLine(columns: readonly EpochColumn[]): string {
  let text = ''
  let start = 0
  columns.forEach(({ group, cells }, i) => {
    if (group !== '' && columns[i - 1]?.group !== group) text = text.padEnd(start) + group
    start += cells + gap
  })
  return text
}

const known = (value: number | null): number => value ?? Number.NaN
const formatShare = (share: number | null): string => formatPercent(known(share), 2)

function formatFigure(figure: number | null): string {
  return Number.isFinite(known(figure)) ? figure!.toFixed(4) : '–'
}

/** Four digits after the point, fewer where the loss is large. */
function formatLoss(loss: number | null): string {
  if (!Number.isFinite(known(loss))) return '–'
  return loss! < 10 ? loss!.toFixed(4) : loss!.toPrecision(4)
}

/** One unit for the whole column, so that epochs compare at a glance. */
function formatSeconds(seconds: number): string {
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${formatCount(seconds)} s`
}
