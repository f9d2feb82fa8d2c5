/** Two ways to show running tasks: drawn over again on a terminal, or a plain line now and then. */
import { barLine, plainLine, type TaskState } from './bar.ts'
import { type Environment, type OutputStream, styleFor } from './stream.ts'
import { cellWidth } from './text.ts'

/** Shows tasks, and lines that stay. */
export interface Screen {
  /** Shows the tasks as they are: at once when urgent, else when it is time to. */
  show(tasks: readonly TaskState[], isUrgent: boolean): void
  print(line: string): void
}

export interface ScreenOptions {
  readonly stream: OutputStream
  /** Milliseconds. */
  readonly clock: () => number
  readonly environment: Environment
}

/** Milliseconds between two drawings of the bars, and between two plain lines. */
const frameTime = 66
const plainTime = 10_000
const defaultWidth = 80
const widestName = 24

/** Bars at the bottom of a terminal, each frame one write. */
export function liveScreen({ stream, clock, environment }: ScreenOptions): Screen {
  const style = styleFor(stream, environment)
  let tasks: readonly TaskState[] = []
  let drawn: readonly string[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (above: readonly string[]): void => {
    const width = stream.columns || defaultWidth
    const nameWidth = Math.min(widestName, Math.max(0, ...tasks.map(({ name }) => cellWidth(name))))
    // One cell stays free: some terminals break the line when the last one is written.
    const bars = tasks.map(task => barLine(task, nameWidth, width - 1, style))
    const text = [...above, ...bars].map(line => `${line}${eraseLine}\n`).join('')
    if (drawn.length > 0) stream.write(`${up(rowsOf(drawn, width))}${text}${eraseBelow}`)
    else if (text !== '') stream.write(text)
    drawn = bars
    drawnAt = clock()
  }
  return {
    show(now, isUrgent) {
      tasks = now
      if (isUrgent || clock() - drawnAt >= frameTime) draw([])
    },
    print: line => draw([line]),
  }
}

/** Lines for a log: every ten seconds where the tasks stand, and all that stays. */
export function plainScreen({ stream, clock }: ScreenOptions): Screen {
  let writtenAt = clock()
  return {
    show(tasks) {
      if (tasks.length === 0 || clock() - writtenAt < plainTime) return
      writtenAt = clock()
      stream.write(`${tasks.map(plainLine).join('; ')}\n`)
    },
    print(line) {
      stream.write(`${line}\n`)
    },
  }
}

/** Control sequences (ECMA-48): to the start of the n-th line above, to erase the rest of a line and all below. */
const up = (rows: number): string => `\x1b[${rows}F`
const eraseLine = '\x1b[K'
const eraseBelow = '\x1b[J'

/** Rows that lines take now: a window made narrower since has broken them. */
function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(cellWidth(line) / width)), 0)
}
