/** Runs side by side for people: a row each, and a sentence for each pair. */
import { type Comparison, pairWords, type RunSummary } from '../../report/compare.ts'
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../util/format.ts'
import type { Style } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

/** Below this many cells a line, what tells least is left out. */
const wide = 100

interface RunColumn extends Column {
  readonly show: (run: RunSummary) => string
  readonly isMinor?: true
}

const missing = '–'
const fixed = (value: number | null | undefined): string => value?.toFixed(4) ?? missing
const number = (title: string, show: RunColumn['show']): RunColumn => ({ title, align: 'right', show })

/** @param width cells a line */
export function comparisonLines({ runs, pairs }: Comparison, width: number, style: Style): string[] {
  const columns = columnsFor(runs).filter(({ isMinor }) => isMinor !== true || width >= wide)
  const rows = runs.map(run => columns.map(({ show }) => show(run)))
  return [...table(columns, rows, width, style), '', ...pairs.map(pair => printable(pairWords(pair)))]
}

function columnsFor(runs: readonly RunSummary[]): RunColumn[] {
  const hasArea = runs.some(({ evaluation }) => evaluation?.rocAuc != null)
  return [
    { title: 'run', cut: 'start', show: ({ run }) => run },
    number('accuracy', ({ evaluation }) => formatPercent(evaluation?.accuracy ?? Number.NaN, 2)),
    number('95% interval', intervalOf),
    ...(hasArea ? [number('ROC AUC', ({ evaluation }) => fixed(evaluation?.rocAuc))] : []),
    { ...number('macro F1', ({ evaluation }) => fixed(evaluation?.macroF1)), isMinor: true },
    number('loss', ({ evaluation }) => fixed(evaluation?.loss)),
    number('images', ({ evaluation }) => formatCount(evaluation?.examples ?? Number.NaN)),
    { ...number('of', ({ split }) => split), isMinor: true },
    number('time', ({ seconds }) => formatDuration(seconds)),
    { ...number('size', ({ bytes }) => formatBytes(bytes)), isMinor: true },
    { title: 'recipe', cut: 'end', show: ({ recipe, size }) => `${recipe}, ${size} px` },
  ]
}

function intervalOf({ evaluation }: RunSummary): string {
  if (evaluation === null) return missing
  const { low, high } = evaluation.accuracyInterval
  return `${formatPercent(low)} to ${formatPercent(high)}`
}
