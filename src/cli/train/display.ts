/** The events of a training on standard error: notes, bars for what is under way, a row for each epoch. */
import type { EpochRecord, TrainEvent } from '../../train/types.ts'
import { formatCount } from '../../util/format.ts'
import { counted, listed } from '../../util/words.ts'
import type { CommandContext } from '../command.ts'
import { type EpochTable, epochTable } from '../terminal/epochs.ts'
import { openProgress, type Progress, type Task } from '../terminal/progress.ts'
import { type Style, styleFor } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

export interface TrainingDisplay {
  show(event: TrainEvent): void
  /** A line of its own above the bars. */
  say(line: string): void
  /** Takes the bars away. */
  close(): void
}

type EventNamed<Name extends TrainEvent['event']> = Extract<TrainEvent, { event: Name }>
type Handlers = { readonly [Name in TrainEvent['event']]: (event: EventNamed<Name>) => void }

const defaultWidth = 80

export function trainingDisplay(context: CommandContext, isQuiet: boolean): TrainingDisplay {
  const { stderr: stream, environment, clock } = context
  const progress = openProgress({ stream, environment, clock, isQuiet })
  const style = styleFor(stream, environment)
  const bars = stageBars(progress)
  const epochs = epochRows(progress, stream.columns ?? defaultWidth, style)
  const handlers: Handlers = {
    start(event) {
      bars.drop()
      epochs.classes(event.classNames.length)
      for (const line of heading(event, style)) progress.print(line)
    },
    note: ({ message }) => progress.print(style('dim', `note: ${printable(message)}`)),
    phase({ phase, epochs: count, parameters }) {
      bars.close()
      const trained = `${formatCount(parameters)} trained parameters`
      progress.print(style('dim', `${phase}: ${counted(count, 'epoch')}, ${trained}`))
    },
    progress: event => (event.stage === 'download' ? bars.download(event) : bars.update(event)),
    epoch(event) {
      bars.drop()
      epochs.print(event)
    },
    predictions: () => {},
    done: () => bars.close(),
  }
  return {
    show: event => (handlers[event.event] as (event: TrainEvent) => void)(event),
    say: line => progress.print(line),
    close: () => progress.close(),
  }
}

function heading(
  { run, classNames, examples, resumed, recipe }: EventNamed<'start'>,
  style: Style,
): string[] {
  const { train, validation, test } = examples
  const counts = [
    `${formatCount(train)} to train on`,
    `${formatCount(validation)} held out for validation`,
    ...(test > 0 ? [`${formatCount(test)} kept apart for a test`] : []),
  ]
  const title = `${resumed ? 'Going on with' : 'Training'} ${printable(run)}, recipe ${recipe}`
  return [
    style('bold', title),
    `${counted(classNames.length, 'class', 'classes')}: ${listed(classNames, 6)}`,
    `images: ${counts.join(', ')}`,
  ]
}

/** The rows of the epochs, below a header that is printed once. */
function epochRows(
  progress: Progress,
  width: number,
  style: Style,
): { classes(count: number): void; print(record: EpochRecord): void } {
  let classes = 0
  let table: EpochTable | undefined
  return {
    classes: count => void (classes = count),
    print(record) {
      if (table === undefined) {
        table = epochTable(width, classes, style)
        for (const line of table.header()) progress.print(line)
      }
      progress.print(table.row({ ...record, validation: record.validation ?? noFigures }))
    },
  }
}

const noFigures = { loss: null, accuracy: null, macroF1: null, rocAuc: null }

interface StageBars {
  /** Draws how much of the weights has come, until another stage begins. */
  download(event: EventNamed<'progress'>): void
  update(event: EventNamed<'progress'>): void
  /** Takes the bar of the stage away, for the next one. */
  drop(): void
  /** Takes all bars away. */
  close(): void
}

/** A bar for all epochs and, below it, one for the stage under way. */
function stageBars(progress: Progress): StageBars {
  let run: Task | undefined
  let stage: { readonly name: string; readonly task: Task } | undefined
  let isFirstLook = true
  const drop = (): void => {
    stage?.task.drop()
    stage = undefined
  }
  /** How fast the images were read is worth a line that stays, but only once. */
  const end = (): void => {
    if (isFirstLook) stage?.task.end()
    else drop()
    isFirstLook = false
    stage = undefined
  }
  const download = ({ done, total }: EventNamed<'progress'>): void => {
    const kilobytes = (bytes: number): number => Math.ceil(bytes / 1000)
    stage ??= {
      name: 'weights',
      task: progress.start('weights', { ...(total > 0 ? { total: kilobytes(total) } : {}), unit: 'kB' }),
    }
    stage.task.update(kilobytes(done))
  }
  return {
    drop,
    download,
    close() {
      drop()
      run?.drop()
      run = undefined
    },
    update(event) {
      const { done, total, epoch, epochs } = event
      if (epoch !== null && epochs !== null) {
        run ??= progress.start('epochs', { total: epochs, done: epoch - 1 })
        run.update(epoch - 1 + (total === 0 ? 0 : done / total))
      }
      const name = epoch === null ? 'images' : `epoch ${epoch}`
      if (stage?.name !== name) {
        drop()
        stage = { name, task: progress.start(name, { total, unit: 'images' }) }
      }
      stage.task.update(done)
      if (epoch === null && done === total) end()
    },
  }
}
