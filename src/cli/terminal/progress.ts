/**
 * Progress of a command on standard error: bars that are drawn over again on a terminal, now and then a plain line
 * elsewhere, nothing when quiet.
 *
 * The cursor is never hidden and always rests on a line of its own below the bars, so whatever ends the process leaves
 * the terminal usable.
 */
import { summaryLine, type TaskState } from './bar.ts'
import { createRate } from './rate.ts'
import { liveScreen, plainScreen, type Screen, type ScreenOptions } from './screen.ts'
import { isInteractive } from './stream.ts'
import { printable } from './text.ts'

/** A display of running tasks, the outer ones first. */
export interface Progress {
  /** Begins a task below those that run. */
  start(name: string, options?: TaskOptions): Task
  /** A line that stays, such as a row of a table; it may hold colours. */
  print(line: string): void
  /** Takes the bars away; also to be called before anything else is written to the stream. */
  close(): void
}

export interface TaskOptions {
  /** How much there is to do; without it there is no bar and no time left. */
  readonly total?: number
  /** What is counted, such as `images`. */
  readonly unit?: string
  /** What was done before, such as the epochs of a run that is resumed. */
  readonly done?: number
}

export interface Task {
  /** @param note whatever else there is to say, such as the loss; the last one stays until another is given */
  update(done: number, note?: string): void
  /** Takes the bar away and leaves a line that says how much was done in how long. */
  end(): void
  /** Takes the bar away and leaves nothing. */
  drop(): void
}

export interface ProgressOptions extends ScreenOptions {
  readonly isQuiet?: boolean
}

const silent: Progress = {
  start: () => ({ update: () => {}, end: () => {}, drop: () => {} }),
  print: () => {},
  close: () => {},
}

/** Opens a display on a stream. */
export function openProgress(options: ProgressOptions): Progress {
  if (options.isQuiet) return silent
  const isLive = isInteractive(options.stream, options.environment)
  return createProgress(options.clock, isLive ? liveScreen(options) : plainScreen(options))
}

/** The running tasks, and the lines that they leave. */
function createProgress(clock: () => number, screen: Screen): Progress {
  const running = new Set<() => TaskState>()
  const show = (isUrgent: boolean): void =>
    screen.show(
      [...running].map(state => state()),
      isUrgent,
    )
  const start = (name: string, { total, unit = '', done: before = 0 }: TaskOptions = {}): Task => {
    const began = clock()
    const rate = createRate(clock, before)
    let done = before
    let note = ''
    const state = (): TaskState => ({
      name: printable(name),
      done,
      total,
      unit,
      note: printable(note),
      perSecond: rate.perSecond(),
      secondsLeft: total === undefined ? Number.NaN : rate.secondsFor(total - done),
    })
    const drop = (): void => {
      running.delete(state)
      show(true)
    }
    running.add(state)
    show(true)
    return {
      update(now, words = note) {
        rate.update(now)
        done = now
        note = words
        show(false)
      },
      drop,
      end() {
        drop()
        screen.print(summaryLine(printable(name), done - before, unit, (clock() - began) / 1000))
      },
    }
  }
  const close = (): void => {
    running.clear()
    show(true)
  }
  return { start, print: line => screen.print(line), close }
}
