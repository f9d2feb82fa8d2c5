/** The end of a training on standard output: how good it is, where things lie, what to do next. */
import { join } from 'node:path'
import type { Outcome } from '../../train/types.ts'
import { formatDuration, formatPercent } from '../../util/format.ts'
import { graftLine } from '../shell.ts'
import type { Environment, Style } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

/** All of it, as lines. */
export function resultLines(outcome: Outcome, style: Style, environment: Environment): string[] {
  const { run, bestEpoch, epochs, seconds } = outcome
  const figures = figuresOf(outcome)
  const place = (name: string): string => printable(join(run, name))
  return [
    style('bold', accuracyOf(outcome)),
    ...(figures.length === 0 ? [] : [figures.join(', ')]),
    `best epoch ${bestEpoch} of ${epochs}, ${formatDuration(seconds)} in all`,
    '',
    `report      ${place('report.html')}`,
    `classifier  ${place('best.onnx')}`,
    `model card  ${place('README.md')}`,
    '',
    style('bold', 'Next'),
    `  ${graftLine(['predict', run, 'photo.jpg'], environment)}`,
    `  ${graftLine(['evaluate', run, 'unseen-photos/'], environment)}`,
  ]
}

/** One line, for those who want no more. */
export function resultLine(outcome: Outcome): string {
  return `${printable(outcome.run)}: ${[accuracyOf(outcome), ...figuresOf(outcome)].join(', ')}`
}

function figuresOf({ loss, macroF1, rocAuc }: Outcome): string[] {
  const figures = { loss, 'macro F1': macroF1, 'ROC AUC': rocAuc }
  return Object.entries(figures).flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${value.toFixed(4)}`],
  )
}

function accuracyOf({ accuracy, accuracyInterval }: Outcome): string {
  if (accuracy === null || accuracyInterval === null)
    return 'no example was held out, so the accuracy is unknown'
  const { low, high } = accuracyInterval
  return `validation accuracy ${formatPercent(accuracy, 2)} (95% interval ${formatPercent(low)} to ${formatPercent(high)})`
}
