/** `graft export`: the folder, and what the verification found. */
import { type Exported, type ExportOptions, exportRun, type Quantization } from '../../api/export.ts'
import type { ExportTarget } from '../../export/targets.ts'
import type { VerifiedFile } from '../../export/verify.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import { formatBytes, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import { openProgress, type Task } from '../terminal/progress.ts'
import { printable } from '../terminal/text.ts'

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
    stdout.write(json ? `${JSON.stringify(exported)}\n` : `${lines(exported, options.to).join('\n')}\n`)
    return exitStatus.done
  } finally {
    progress.close()
  }
}

function checked(options: Partial<ExportOptions>): ExportOptions {
  const { to, images = 0, maxLoss = 0 } = options
  if (to === undefined)
    throw new UserError('usage', 'The option "--to" is missing: into what the run is to be made', {
      hint: 'add --to web for a page, or --to onnx for ONNX Runtime and transformers.js',
    })
  for (const [flag, value] of Object.entries({ '--images': images, '--max-loss': maxLoss }))
    if (value < 0)
      throw new UserError('usage', `The option "${flag}" takes no number below 0. Received: ${value}`)
  if (options.maxLoss !== undefined && options.quantize === undefined)
    throw new UserError('usage', 'The option "--max-loss" goes with "--quantize"')
  return { ...options, to }
}

function lines({ out, bytes, verification }: Exported, to: ExportTarget): string[] {
  const { images, files, quantization } = verification
  const checks =
    images === 0
      ? ['not verified: no validation image was compared']
      : [`verified on ${counted(images, 'validation image')} of the run:`, ...files.map(verifiedLine)]
  return [
    `${printable(out)}: ${formatBytes(bytes)}`,
    ...(quantization === null ? [] : [quantizedLine(quantization)]),
    ...checks,
    ...nextLines[to](printable(out)),
  ]
}

function quantizedLine({ type, calibrated, before, after }: Quantization): string {
  const [from, to] = [before, after].map(accuracy => formatPercent(accuracy, 2))
  return `${type}, calibrated on ${counted(calibrated, 'training image')}: validation accuracy ${from} before, ${to} after`
}

function verifiedLine({ file, engine, largestDifference, changedAnswers }: VerifiedFile): string {
  const changed = changedAnswers === 0 ? 'no answer changed' : `${counted(changedAnswers, 'answer')} changed`
  return `  ${file} (${engine}): probabilities within ${rounded(largestDifference)}, ${changed}`
}

/** Up, to five digits: what is said to be within is within. */
function rounded(difference: number): string {
  return Math.max(1e-5, Math.ceil(difference * 1e5) / 1e5).toFixed(5)
}

const nextLines: Readonly<Record<ExportTarget, (out: string) => string[]>> = {
  web: out => ['', `next: put the folder on any web server; to look at it here: npx serve ${out}`],
  onnx: out => ['', `next: ${out}/README.md says how to run it in Python and JavaScript`],
  tfjs: out => ['', `next: ${out}/README.md says how a page runs it`],
}
