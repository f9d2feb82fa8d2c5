/** `graft evaluate`: figures as tables, or as one JSON object. */
import { type EvaluateOptions, evaluateRun } from '../../api/evaluate.ts'
import { loadBundle } from '../../bundle/load-bundle.ts'
import { exitStatus } from '../../util/errors.ts'
import { counted } from '../../util/words.ts'
import type { CommandContext, CommandRun } from '../command.ts'
import { evaluationLines } from '../evaluate/tables.ts'
import { countTrainedOn } from '../evaluate/trained-on.ts'
import { openProgress, type Task } from '../terminal/progress.ts'
import { styleFor } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

const defaultWidth = 100

export const run: CommandRun = async (args, { json, quiet, ...options }, context) => {
  const [model, data] = args as [string, string]
  const { stdout, stderr, environment } = context
  // Read first, so that a wrong run is told before the data is looked at.
  const { classNames } = loadBundle(model).facts
  const isQuiet = quiet === true || (json === true && stdout.isTTY === true)
  const { evaluation, predictions } = await withProgress(context, isQuiet, onProgress =>
    evaluateRun(model, data, { ...(options as EvaluateOptions), signal: context.signal, onProgress }),
  )
  const { examples, unreadable } = predictions
  for (const { reason } of unreadable) stderr.write(`warning: ${printable(reason)}\n`)
  const trainedOn = countTrainedOn(model, data, examples)
  if (trainedOn > 0) {
    const all = counted(examples.length, 'image')
    stderr.write(`warning: the run was trained on ${trainedOn} of these ${all}, so the figures flatter it\n`)
  }
  if (json) {
    const { reliability, ...figures } = evaluation
    const counts = { trainedOn, unreadable: unreadable.length }
    stdout.write(`${JSON.stringify({ run: model, data, classNames, ...figures, ...counts })}\n`)
  } else {
    const style = styleFor(stdout, environment)
    const lines = evaluationLines(evaluation, classNames, stdout.columns ?? defaultWidth, style)
    stdout.write(`${lines.join('\n')}\n`)
  }
  return exitStatus.done
}

/** Work with a bar while it goes on. */
async function withProgress<Result>(
  { stderr: stream, environment, clock }: CommandContext,
  isQuiet: boolean,
  work: (onProgress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = openProgress({ stream, environment, clock, isQuiet })
  let task: Task | undefined
  try {
    return await work((done, total) => {
      task ??= progress.start('images', { total, unit: 'images' })
      task.update(done)
    })
  } finally {
    progress.close()
  }
}
