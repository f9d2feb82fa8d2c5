/** The end of a training on standard output: how good it is, where things lie, what to do next. */
import { join } from 'node:path'
import type { Outcome } from '../../train/types.ts'
import { formatDuration, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { graftLine } from '../shell.ts'
import type { Environment, Style } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

/** Fewer validation images than these leave so wide an interval that it is worth a word. */
const few = 200

/**
 * All of it, as lines.
 *
 * @param data the words of a command line that say where the data is
 */
export function resultLines(
  outcome: Outcome,
  data: readonly string[],
  style: Style,
  environment: Environment,
): string[] {
  const { run, bestEpoch, epochs, seconds } = outcome
  const figures = figuresOf(outcome)
  const place = (name: string): string => printable(join(run, name))
  return [
    style('bold', accuracyOf(outcome)),
    ...(figures.length === 0 ? [] : [figures.join(', ')]),
    ...doubtOf(outcome),
    ...foldsOf(outcome),
    `best epoch ${bestEpoch} of ${epochs}, ${formatDuration(seconds)} in all`,
    '',
    `report      ${place('report.html')}`,
    `classifier  ${place('best.onnx')}`,
    `model card  ${place('README.md')}`,
    '',
    style('bold', 'Next'),
    `  ${graftLine(['predict', run, 'photo.jpg'], environment)}`,
    `  ${graftLine(evaluateWords(outcome, data), environment)}`,
  ]
}

function evaluateWords({ run, examples }: Outcome, data: readonly string[]): string[] {
  return examples === 0
    ? ['evaluate', run, 'unseen-photos/']
    : ['evaluate', run, ...data, '--split', 'validation']
}

/** How little a small validation set can say. */
function doubtOf({ examples, accuracyInterval, crossValidation }: Outcome): string[] {
  if (accuracyInterval === null || examples >= few || crossValidation !== undefined) return []
  const width = 100 * (accuracyInterval.high - accuracyInterval.low)
  const measured = `measured on ${counted(examples, 'image')}: the interval is ${width.toFixed(1)} points wide`
  return [`${measured}, and --folds 5 would narrow it`]
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

/** What cross-validation found, on a line. */
function foldsOf({ crossValidation }: Outcome): string[] {
  if (crossValidation === undefined) return []
  const { folds, examples, accuracy, accuracyInterval, perFold } = crossValidation
  const { low, high } = accuracyInterval
  const [worst, best] = [Math.min(...perFold), Math.max(...perFold)]
  const pooled = `${formatPercent(accuracy, 2)} (95% interval ${formatPercent(low)} to ${formatPercent(high)})`
  return [
    `cross-validated accuracy ${pooled} on ${counted(examples, 'image')}, in ${folds} folds from ${formatPercent(worst)} to ${formatPercent(best)}`,
  ]
}
