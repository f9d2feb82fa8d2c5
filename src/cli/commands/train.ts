/** `graft train`: events as progress, a table and next steps, or as JSON lines. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TrainRequest, train } from '../../api/train.ts'
import type { EpochRecord, Outcome, TrainEvent } from '../../train/types.ts'
import { exitStatus, messageOf, UserError } from '../../util/errors.ts'
import { formatCount, formatDuration, formatPercent } from '../../util/format.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { type EpochTable, epochTable } from '../terminal/epochs.ts'
import { openProgress, type Progress, type Task } from '../terminal/progress.ts'
import { styleFor } from '../terminal/stream.ts'

export const run: CommandRun = async ([data], options, context) => {
  const { json = false, quiet = false, config, fineTuneAt, ...rest } = options
  const layer = typeof fineTuneAt === 'string' && /^\d+$/.test(fineTuneAt) ? Number(fineTuneAt) : fineTuneAt
  const given = { ...configured(config), ...rest, ...(layer === undefined ? {} : { fineTuneAt: layer }) }
  const events = train(data!, { ...given, signal: context.signal } as TrainRequest)
  const show = trainingDisplay(context, Boolean(quiet || json))
  let folder = ''
  try {
    for await (const event of events) {
      if (event.event === 'start') folder = event.run
      if (json && event.event !== 'progress') context.stdout.write(`${JSON.stringify(event)}\n`)
      show(event)
      if (event.event === 'done' && !json) context.stdout.write(closing(event, data!, context))
    }
    return exitStatus.done
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'aborted' || folder === '') throw error
    throw new UserError('aborted', `Stopped; the checkpoint is in "${join(folder, 'checkpoint')}"`, {
      hint: `graft train ${data} --run ${folder} --resume goes on`,
    })
  }
}

/** Options from a file. @throws UserError `usage` when it is no JSON object */
function configured(path: unknown): GivenOptions {
  if (typeof path !== 'string') return {}
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as GivenOptions
    throw new TypeError('it holds no object')
  } catch (error) {
    throw new UserError('usage', `Cannot read the configuration "${path}": ${messageOf(error)}`, {
      cause: error,
      hint: 'write options in camel case, such as { "epochs": [10, 5], "batchSize": 64 }',
    })
  }
}

/** Shows events on standard error as they come. */
function trainingDisplay(context: CommandContext, isQuiet: boolean): (event: TrainEvent) => void {
  const { stderr: stream, environment, clock } = context
  const progress = openProgress({ stream, environment, clock, isQuiet })
  const style = styleFor(stream, environment)
  const bars = stageBars(progress)
  let table: EpochTable | undefined
  let classes = 0
  return event => {
    switch (event.event) {
      case 'start':
        classes = event.classNames.length
        progress.print(style('bold', heading(event)))
        return
      case 'note':
        progress.print(style('dim', `${event.message}.`))
        return
      case 'progress':
        bars.update(event)
        return
      case 'phase':
        bars.close()
        progress.print(style('dim', `\n${event.phase}: ${formatCount(event.parameters)} numbers are trained`))
        return
      case 'epoch':
        bars.close()
        if (table === undefined) {
          table = epochTable(stream.columns ?? 80, classes, style)
          for (const line of table.header()) progress.print(line)
        }
        progress.print(table.row(rowOf(event)))
        return
      case 'done':
        progress.close()
        return
      default:
        event satisfies never
    }
  }
}

type StartEvent = Extract<TrainEvent, { event: 'start' }>
type ProgressEvent = Extract<TrainEvent, { event: 'progress' }>

function heading({ run, classNames, examples, resumed }: StartEvent): string {
  const names = classNames.length <= 6 ? ` (${classNames.join(', ')})` : ''
  const { train: trained, validation, test } = examples
  const counts = [`${formatCount(trained)} to train`, `${formatCount(validation)} to validate`]
  if (test > 0) counts.push(`${formatCount(test)} kept for a test`)
  return `${resumed ? 'Going on with' : 'Training'} ${run}: ${classNames.length} classes${names}, ${counts.join(', ')}`
}

/** One bar at a time, for the stage under way. */
function stageBars(progress: Progress): { update(event: ProgressEvent): void; close(): void } {
  let task: Task | undefined
  let name = ''
  const close = (): void => {
    task?.drop()
    task = undefined
    name = ''
  }
  return {
    close,
    update({ stage, phase, epoch, epochs, done, total }) {
      const now = stage === 'train' ? `${phase} ${epoch}/${epochs}` : 'images'
      if (name !== now) {
        close()
        task = progress.start(now, { total, unit: 'images', done })
        name = now
      }
      task!.update(done)
      if (done === total && stage === 'features') close()
    },
  }
}

function rowOf(record: EpochRecord): Parameters<EpochTable['row']>[0] {
  const none = { loss: null, accuracy: null, macroF1: null, rocAuc: null }
  return { ...record, validation: record.validation ?? none }
}

/** What came out, where it lies, and what to do next. */
function closing(outcome: Outcome, data: string, { stdout, environment }: CommandContext): string {
  const { run, accuracy, accuracyInterval, rocAuc, bestEpoch, epochs, seconds } = outcome
  const style = styleFor(stdout, environment)
  const auc = rocAuc === null ? '' : `, ROC AUC ${rocAuc.toFixed(4)}`
  const figure =
    accuracy === null || accuracyInterval === null
      ? 'No example was held out, so the accuracy is unknown'
      : `Validation accuracy ${formatPercent(accuracy, 2)} (95% interval ${formatPercent(accuracyInterval.low)} to ${formatPercent(accuracyInterval.high)})${auc}`
  return [
    '',
    `${style('bold', figure)}, epoch ${bestEpoch} of ${epochs}, in ${formatDuration(seconds)}`,
    '',
    `  classifier  ${join(run, 'best.onnx')}`,
    `  curve       ${join(run, 'curves.png')}`,
    `  model card  ${join(run, 'README.md')}`,
    '',
    'Next:',
    `  graft predict ${run} PHOTO.jpg`,
    `  graft evaluate ${run} ${data}`,
    '',
  ].join('\n')
}
