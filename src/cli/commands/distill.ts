/** `graft distill`: events as progress and lines, or as JSON lines. */
import { join } from 'node:path'
import { type DistillRequest, distill } from '../../api/distill.ts'
import type { DistillEvent, DistillFigures } from '../../distill/types.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import { formatCount, formatDuration, formatPercent } from '../../util/format.ts'
import type { CommandContext, CommandRun } from '../command.ts'
import { openProgress, type Task } from '../terminal/progress.ts'
import { printable } from '../terminal/text.ts'

export const run: CommandRun = async (_, options, context) => {
  const {
    json = false,
    quiet = false,
    teacher,
    data,
    student: _student,
    run: folder = 'runs/student',
    ...rest
  } = options
  if (teacher === undefined || data === undefined) {
    throw new UserError('usage', `The option --${teacher === undefined ? 'teacher' : 'data'} is missing`, {
      hint: 'graft distill --teacher big.onnx --data photos/',
    })
  }
  const request = { ...rest, teachers: teacher, data, run: folder, signal: context.signal } as DistillRequest
  const show = display(context, Boolean(quiet || json))
  try {
    for await (const event of distill(request)) {
      if (json && event.event !== 'progress') context.stdout.write(`${JSON.stringify(event)}\n`)
      show(event)
      if (event.event === 'done' && !json) context.stdout.write(closing(event))
    }
    return exitStatus.done
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'aborted') throw error
    throw new UserError('aborted', `Stopped; the checkpoint is in "${join(request.run, 'checkpoint')}"`, {
      hint: 'the same command with --resume goes on',
    })
  }
}

/** Shows events on standard error as they come. */
function display(context: CommandContext, isQuiet: boolean): (event: DistillEvent) => void {
  const { stderr: stream, environment, clock } = context
  const progress = openProgress({ stream, environment, clock, isQuiet })
  let bar: { readonly name: string; readonly task: Task } | undefined
  const drop = (): void => {
    bar?.task.drop()
    bar = undefined
  }
  return event => {
    switch (event.event) {
      case 'start':
        progress.print(
          `${event.resumed ? 'Going on with' : 'Distilling into'} ${event.run}: ${formatCount(event.images)} images`,
        )
        return
      case 'note':
        progress.print(`note: ${printable(event.message)}`)
        return
      case 'progress': {
        const { stage, epoch, epochs, done, total } = event
        const name = stage === 'teacher' ? 'teachers' : `epoch ${epoch}/${epochs}`
        if (bar?.name !== name) {
          drop()
          bar = { name, task: progress.start(name, { total, unit: 'images', done }) }
        }
        bar.task.update(done)
        return
      }
      case 'epoch':
        drop()
        progress.print(
          `epoch ${event.epoch} (${event.phase}): train ${figures(event.train)}; validation ${figures(event.validation)}`,
        )
        return
      case 'done':
        drop()
        progress.close()
        return
      default:
        event satisfies never
    }
  }
}

function figures({ loss, accuracy }: DistillFigures): string {
  return `loss ${loss.toFixed(4)}${accuracy === null ? '' : `, agreement ${formatPercent(accuracy, 1)}`}`
}

function closing({
  run,
  weights,
  seconds,
  epochs,
  ...last
}: Extract<DistillEvent, { event: 'done' }>): string {
  return [
    '',
    `${epochs} epochs in ${formatDuration(seconds)}, validation ${figures(last)}`,
    '',
    `  weights  ${weights}`,
    `  curve    ${join(run, 'curves.png')}`,
    '',
    'Next:',
    `  graft train PHOTOS/ --weights ${weights}`,
    '',
  ].join('\n')
}
