/** One task as one line: a name, a bar, how much, how fast, how long still. */
import { formatCount, formatDuration, formatPercent } from '../../util/format.ts'
import type { Style } from './stream.ts'
import { cellWidth, fitCells, padCells } from './text.ts'

/** Where a task stands. */
export interface TaskState {
  readonly name: string
  readonly done: number
  /** Undefined when it is not known. */
  readonly total: number | undefined
  /** What is counted, such as `images`. */
  readonly unit: string
  /** Whatever else there is to say, such as the loss; empty for nothing. */
  readonly note: string
  /** NaN while it is not known. */
  readonly perSecond: number
  /** NaN while it is not known. */
  readonly secondsLeft: number
}

const longestBar = 24
const shortestBar = 8

/** What a line shows, from the most to the least; the first that fits is taken. */
const layouts = [
  { hasBar: true, shown: ['count', 'rate', 'left', 'note'] },
  { hasBar: true, shown: ['count', 'rate', 'left'] },
  { hasBar: true, shown: ['count', 'left'] },
  { hasBar: false, shown: ['count', 'left'] },
  { hasBar: false, shown: ['count'] },
] as const
const gap = '  '

/**
 * A task as a line of at most `width` cells.
 *
 * @param nameWidth cells for the name, so that bars stand below one another
 */
export function barLine(task: TaskState, nameWidth: number, width: number, style: Style): string {
  const name = padCells(fitCells(task.name, nameWidth), nameWidth, 'left')
  const parts = { count: countOf(task), left: timeLeft(task), rate: rateOf(task), note: task.note }
  for (const { hasBar, shown } of layouts) {
    const words = shown.map(part => parts[part]).filter(word => word !== '')
    const room = width - cellWidth([name, ...words].join(gap))
    if (!hasBar || task.total === undefined) {
      if (room >= 0) return [name, ...words].join(gap)
    } else if (room - gap.length >= shortestBar) {
      return [name, drawBar(task, Math.min(longestBar, room - gap.length), style), ...words].join(gap)
    }
  }
  return fitCells(name + gap + parts.count, width)
}

/** The same in words, for a log: `decode: 4,000 of 17,500 images (22.9%), 2,012/s, 7 s left`. */
export function plainLine(task: TaskState): string {
  const { name, done, total, unit, note } = task
  const share = total === undefined ? '' : ` of ${formatCount(total)}`
  const percent = total === undefined || total === 0 ? '' : ` (${formatPercent(done / total)})`
  const amount = `${formatCount(done)}${share} ${unit}`.trimEnd() + percent
  return `${name}: ${[amount, rateOf(task), timeLeft(task), note].filter(part => part !== '').join(', ')}`
}

/** What stays when a task is over: `decode  17,500 images in 8.7 s, 2,012/s`. */
export function summaryLine(name: string, done: number, unit: string, seconds: number): string {
  const rate = seconds >= 1 && done > 1 ? `, ${formatRate(done / seconds)}` : ''
  return `${name}: ${`${formatCount(done)} ${unit}`.trimEnd()} in ${formatDuration(seconds)}${rate}`
}

function drawBar({ done, total = 0 }: TaskState, cells: number, style: Style): string {
  const filled = done >= total ? cells : Math.floor((done / total) * cells)
  return style('cyan', '━'.repeat(filled)) + style('dim', '─'.repeat(cells - filled))
}

/** As wide at the start as at the end, so that nothing dances. */
function countOf({ done, total, unit }: TaskState): string {
  if (total === undefined) return `${formatCount(done)} ${unit}`.trimEnd()
  const end = formatCount(total)
  return `${formatCount(done).padStart(end.length)}/${end}`
}

function rateOf({ perSecond }: TaskState): string {
  return Number.isFinite(perSecond) && perSecond > 0 ? formatRate(perSecond) : ''
}

function timeLeft({ total, secondsLeft }: TaskState): string {
  return total !== undefined && Number.isFinite(secondsLeft) && secondsLeft > 0
    ? `${formatDuration(secondsLeft)} left`
    : ''
}

function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return `${formatCount(perSecond)}/s`
  return perSecond >= 0.995 ? `${perSecond.toFixed(1)}/s` : `${formatDuration(1 / perSecond)} each`
}
