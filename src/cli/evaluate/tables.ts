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
  const { accuracy, accuracyInterval, examples, loss, macroF1, balancedAccuracy } = evaluation
  const { low, high } = accuracyInterval
  const interval = `95% interval ${formatPercent(low)} to ${formatPercent(high)}`
  return [
    style('bold', `accuracy ${formatPercent(accuracy, 2)} of ${counted(examples, 'image')} (${interval})`),
    `loss ${loss.toFixed(4)}, macro F1 ${macroF1.toFixed(4)}, balanced accuracy ${formatPercent(balancedAccuracy, 2)}`,
    ...areaLines(evaluation, names),
  ]
}

/** Of two classes; nothing with more, or where one of the two has no image. */
function areaLines({ rocAuc, rocAucInterval }: Evaluation, names: readonly string[]): string[] {
  if (rocAuc === null || rocAucInterval === null) return []
  const interval = `95% interval ${rocAucInterval.low.toFixed(4)} to ${rocAucInterval.high.toFixed(4)}`
  return [`ROC AUC ${rocAuc.toFixed(4)}, ${interval} ("${names[1]}" against "${names[0]}")`]
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
