/** `graft export`: a run made into what others use. */
import { type ExportOptions, exportRun } from '../../api/export.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import type { CommandRun } from '../command.ts'
import { exportLines } from '../export/result.ts'
import { openProgress, type Task } from '../terminal/progress.ts'

export const run: CommandRun = async ([path], { json, quiet, ...given }, context) => {
  const { stdout, stderr: stream, environment, clock, signal } = context
  const options = checked(given as Partial<ExportOptions>)
  const progress = openProgress({ stream, environment, clock, isQuiet: quiet === true || json === true })
  let task: Task | undefined
  const onProgress = (done: number, total: number): void => {
    task ??= progress.start('verifying', { total, unit: 'images' })
    task.update(done)
  }
  try {
    const exported = await exportRun(path!, { ...options, signal, onProgress })
    progress.close()
    stdout.write(json ? `${JSON.stringify(exported)}\n` : `${exportLines(exported, options.to).join('\n')}\n`)
    return exitStatus.done
  } finally {
    progress.close()
  }
}

function checked(options: Partial<ExportOptions>): ExportOptions {
  const { to, images = 0, maxLoss = 0 } = options
  if (to === undefined)
    throw new UserError('usage', 'The option "--to" is missing: into what the run is to be made', {
      hint: 'add --to web for a page, --to onnx for ONNX Runtime and transformers.js, or --to tfjs',
    })
  for (const [flag, value] of Object.entries({ '--images': images, '--max-loss': maxLoss }))
    if (value < 0)
      throw new UserError('usage', `The option "${flag}" takes no number below 0. Received: ${value}`)
  if (options.maxLoss !== undefined && options.quantize === undefined)
    throw new UserError('usage', 'The option "--max-loss" goes with "--quantize"')
  if (to === 'tfjs' && options.quantize !== undefined)
    throw new UserError('usage', 'The options "--to tfjs" and "--quantize" exclude each other', {
      hint: 'leave --quantize out: layers models are in float32',
    })
  return { ...options, to }
}
