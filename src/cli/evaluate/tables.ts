/** An evaluation for people: its figures, those of each class, and what was taken for what. */
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { confusionTable } from '../terminal/confusion.ts'
import type { Style } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'

/**
 * @param names of the classes, in their order
 * @param width cells a line
 */
export function evaluationLines(
  evaluation: Evaluation,
  names: readonly string[],
  width: number,
  style: Style,
): string[] {
  return [
    ...figureLines(evaluation, names, style),
    '',
    ...classTable(evaluation, names, width, style),
    '',
    ...confusionTable(names, evaluation.confusion, width, style),
  ]
}

function figureLines(evaluation: Evaluation, names: readonly string[], style: Style): string[] {
  const { accuracy, accuracyInterval, examples, loss, macroF1, balancedAccuracy, rocAuc } = evaluation
  const { low, high } = accuracyInterval
  const interval = `95% interval ${formatPercent(low)} to ${formatPercent(high)}`
  const auc = rocAuc === null ? [] : [`ROC AUC ${rocAuc.toFixed(4)} ("${names[1]}" against "${names[0]}")`]
  return [
    style('bold', `accuracy ${formatPercent(accuracy, 2)} of ${counted(examples, 'image')} (${interval})`),
    `loss ${loss.toFixed(4)}, macro F1 ${macroF1.toFixed(4)}, balanced accuracy ${formatPercent(balancedAccuracy, 2)}`,
    ...auc,
  ]
}

function classTable(
  { perClass }: Evaluation,
  names: readonly string[],
  width: number,
  style: Style,
): string[] {
  const columns: Column[] = [
    { title: 'class', cut: 'end' },
    ...['precision', 'recall', 'F1', 'images'].map(title => ({ title, align: 'right' as const })),
  ]
  const rows = perClass.map(({ precision, recall, f1, support }, k) => [
    names[k]!,
    formatPercent(precision),
    formatPercent(recall),
    f1.toFixed(3),
    formatCount(support),
  ])
  return table(columns, rows, width, style)
}
