/** `graft evaluate`: figures as tables, or as one JSON object. */
import { evaluateRun } from '../../api/evaluate.ts'
import { load } from '../../bundle/classifier.ts'
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { exitStatus } from '../../util/errors.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import type { CommandContext, CommandRun } from '../command.ts'
import { confusionTable } from '../terminal/confusion.ts'
import { openProgress } from '../terminal/progress.ts'
import { styleFor } from '../terminal/stream.ts'
import { table } from '../terminal/table.ts'

export const run: CommandRun = async (
  [model, data],
  { json = false, quiet = false, ...options },
  context,
) => {
  const { stdout, stderr: stream, environment, clock, signal } = context
  const progress = openProgress({ stream, environment, clock, isQuiet: Boolean(quiet || json) })
  const task = progress.start('images', { unit: 'images' })
  const { evaluation, predictions } = await evaluateRun(model!, data!, {
    ...options,
    signal,
    onProgress: done => task.update(done),
  })
  progress.close()
  for (const { reason } of predictions.unreadable) stream.write(`${reason}\n`)
  if (json) {
    const { reliability, ...figures } = evaluation
    const unreadable = predictions.unreadable.length
    stdout.write(`${JSON.stringify({ run: model, data, ...figures, unreadable })}\n`)
    return exitStatus.done
  }
  const classifier = await load(model!)
  stdout.write(`${tables(evaluation, classifier.classNames, context).join('\n')}\n`)
  await classifier.close()
  return exitStatus.done
}

function tables(
  evaluation: Evaluation,
  names: readonly string[],
  { stdout, environment }: CommandContext,
): string[] {
  const { accuracy, accuracyInterval, examples, loss, macroF1, balancedAccuracy, rocAuc } = evaluation
  const style = styleFor(stdout, environment)
  const width = stdout.columns ?? 100
  const interval = `95% interval ${formatPercent(accuracyInterval.low)} to ${formatPercent(accuracyInterval.high)}`
  const figures = [
    `loss ${loss.toFixed(4)}`,
    `macro F1 ${macroF1.toFixed(4)}`,
    `balanced accuracy ${formatPercent(balancedAccuracy, 2)}`,
    ...(rocAuc === null ? [] : [`ROC AUC ${rocAuc.toFixed(4)}`]),
  ]
  const right = { align: 'right' } as const
  const columns = [
    { title: 'class', cut: 'end' as const },
    ...['precision', 'recall', 'F1', 'images'].map(title => ({ title, ...right })),
  ]
  const rows = evaluation.perClass.map(({ precision, recall, f1, support }, k) => [
    names[k] ?? String(k),
    formatPercent(precision, 1),
    formatPercent(recall, 1),
    f1.toFixed(3),
    formatCount(support),
  ])
  return [
    style('bold', `Accuracy ${formatPercent(accuracy, 2)} of ${formatCount(examples)} images (${interval})`),
    figures.join(', '),
    '',
    ...table(columns, rows, width, style),
    '',
    ...confusionTable(names, evaluation.confusion, width, style),
  ]
}
