/** `graft compare`: runs as a table, and whether they differ by more than chance. */
import { compareRuns } from '../../api/compare.ts'
import { type Comparison, pairWords, type RunSummary } from '../../report/compare.ts'
import { comparePage } from '../../report/page/compare-page.ts'
import { exitStatus } from '../../util/errors.ts'
import { writeFileAtomic } from '../../util/files.ts'
import { formatBytes, formatDuration, formatPercent } from '../../util/format.ts'
import { listed } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import type { Style } from '../terminal/stream.ts'
import { styleFor } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

const defaultWidth = 120

export const run: CommandRun = async (runs, { json, html }, { stdout, stderr, environment }) => {
  const comparison = compareRuns(runs)
  if (html !== undefined) writeFileAtomic(String(html), comparePage(comparison))
  const { withoutAnswers } = comparison
  if (withoutAnswers.length > 0) {
    const hint = `graft report RUN asks its classifier again`
    stderr.write(`warning: ${printable(listed(withoutAnswers))} kept no answers to compare by; ${hint}\n`)
  }
  const lines = json
    ? [JSON.stringify(comparison)]
    : comparisonLines(comparison, stdout.columns ?? defaultWidth, styleFor(stdout, environment))
  stdout.write(`${lines.join('\n')}\n`)
  if (html !== undefined && !json) stdout.write(`\npage  ${printable(String(html))}\n`)
  return exitStatus.done
}

function comparisonLines({ runs, pairs }: Comparison, width: number, style: Style): string[] {
  const hasArea = runs.some(({ evaluation }) => evaluation?.rocAuc != null)
  const right = (title: string): Column => ({ title, align: 'right' })
  const columns: Column[] = [
    { title: 'run', cut: 'start' },
    right('accuracy'),
    right('95% interval'),
    ...(hasArea ? [right('ROC AUC')] : []),
    ...['macro F1', 'loss', 'images', 'time', 'size'].map(right),
    { title: 'recipe', cut: 'end' },
  ]
  const rows = runs.map(one => rowOf(one, hasArea))
  return [...table(columns, rows, width, style), '', ...pairs.map(pair => printable(pairWords(pair)))]
}

function rowOf(summary: RunSummary, hasArea: boolean): string[] {
  const { run, evaluation, split, seconds, bytes, recipe, size } = summary
  const show = (value: number | null | undefined, digits = 4): string => value?.toFixed(digits) ?? '–'
  const interval = evaluation?.accuracyInterval
  return [
    run,
    formatPercent(evaluation?.accuracy ?? Number.NaN, 2),
    interval ? `${formatPercent(interval.low)} to ${formatPercent(interval.high)}` : '–',
    ...(hasArea ? [show(evaluation?.rocAuc)] : []),
    show(evaluation?.macroF1),
    show(evaluation?.loss),
    evaluation ? `${evaluation.examples} ${split}` : '–',
    formatDuration(seconds),
    formatBytes(bytes),
    `${recipe}, ${size} px`,
  ]
}
