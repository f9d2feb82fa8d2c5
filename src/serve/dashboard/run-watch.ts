/** One run folder under observation: what its files say, put together as a view. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochPoint, RunStatus, RunView } from '../../page/dashboard-types.ts'
import { sheetColumns } from '../../pipeline/contact-sheet.ts'
import { isLocked } from '../../pipeline/lock.ts'
import { fileNames, type RunRecord, readMetrics, readRunRecord } from '../../train/run-folder.ts'
import { isStopRequested } from '../../train/stop.ts'
import type { EpochRecord } from '../../train/types.ts'
import { UserError } from '../../util/errors.ts'
import { type EndLine, type LiveLine, parseLive } from './live-schema.ts'
import { type LossCurve, lossCurve } from './loss-curve.ts'
import { type Pace, pace } from './pace.ts'
import { tail } from './tail.ts'
import { type WatchedStory, watchedStory } from './watched-view.ts'

export const reportName = 'report.html'

export interface RunWatch {
  readonly id: string
  readonly folder: string
  /** Looks at the folder again. @returns whether anything has changed */
  refresh(): boolean
  /** As of the last look; null when the folder holds no run that can be read. */
  view(): RunView | null
}

/** What the live record says so far. */
interface Story {
  readonly curve: LossCurve
  readonly pace: Pace
  readonly watched: WatchedStory
  began: number | null
  end: EndLine | null
}

/** What is found by looking, without reading a file. */
interface Signs {
  readonly isHeld: boolean
  readonly isAsked: boolean
  readonly hasEnded: boolean
  readonly hasReport: boolean
  readonly hasSheet: boolean
  readonly run: string
  readonly metrics: string
}

export function watchRun(id: string, folder: string): RunWatch {
  const live = tail(join(folder, fileNames.live))
  let story = freshStory()
  let signs: Signs | undefined
  let record: RunRecord | null = null
  let epochs: EpochPoint[] = []
  return {
    id,
    folder,
    refresh() {
      const now = signsOf(folder)
      const { lines, isNew } = live.read()
      if (isNew) story = freshStory()
      for (const line of lines) tell(story, parseLive(line))
      if (now.run !== signs?.run) record = readable(() => readRunRecord(folder)) ?? record
      if (now.metrics !== signs?.metrics) epochs = readable(() => readMetrics(folder).map(pointOf)) ?? epochs
      const hasChanged = lines.length > 0 || JSON.stringify(now) !== JSON.stringify(signs)
      signs = now
      return hasChanged
    },
    view: () => (record && signs ? viewOf(id, record, story, epochs, signs) : null),
  }
}

function freshStory(): Story {
  return { curve: lossCurve(), pace: pace(), watched: watchedStory(), began: null, end: null }
}

function tell(story: Story, line: LiveLine | null): void {
  switch (line?.event) {
    case 'start':
      story.began = line.at
      story.end = null
      story.pace.restart()
      break
    case 'progress':
      story.pace.take(line)
      story.curve.take(line)
      break
    case 'predictions':
      story.watched.take(line)
      break
    case 'end':
      story.end = line
  }
}

function signsOf(folder: string): Signs {
  const has = (name: string): boolean => existsSync(join(folder, name))
  const stamp = (name: string): string => {
    const status = statSync(join(folder, name), { throwIfNoEntry: false })
    return status === undefined ? '' : `${status.mtimeMs} ${status.size}`
  }
  return {
    isHeld: isLocked(join(folder, fileNames.lock)),
    isAsked: isStopRequested(folder),
    hasEnded: has('evaluation.json'),
    hasReport: has(reportName),
    hasSheet: has(fileNames.watched),
    run: stamp(fileNames.run),
    metrics: stamp(fileNames.metrics),
  }
}

/** What is read, or null where the file is damaged or half-way between two states. */
function readable<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

function pointOf({ epoch, phase, train, validation, isBest }: EpochRecord): EpochPoint {
  return {
    epoch,
    phase,
    loss: train.loss,
    accuracy: train.accuracy,
    validationLoss: validation?.loss ?? null,
    validationAccuracy: validation?.accuracy ?? null,
    isBest,
  }
}

function viewOf(id: string, record: RunRecord, story: Story, epochs: EpochPoint[], signs: Signs): RunView {
  const { plan, backbone, data } = record
  const status = statusOf(signs, story.end)
  const isOver = status !== 'running' && status !== 'stopping'
  return {
    id,
    status,
    message: status === 'failed' ? (story.end?.message ?? null) : null,
    recipe: plan.recipe,
    backbone: backbone.name,
    classes: data.classNames.length,
    examples: data.examples,
    began: story.began,
    ended: isOver ? (story.end?.at ?? null) : null,
    activity: story.pace.activity(),
    curve: story.curve.points(),
    epochs: thinned(epochs),
    watched: story.watched.view(data.classNames, signs.hasSheet ? sheetColumns : null),
    hasReport: signs.hasReport,
  }
}

function statusOf({ isHeld, isAsked, hasEnded }: Signs, end: EndLine | null): RunStatus {
  if (isHeld) return isAsked ? 'stopping' : 'running'
  return end?.how ?? (hasEnded ? 'done' : 'interrupted')
}

/** Epochs that are sent; of more, those between are left out evenly, never the best so far nor the last. */
const mostEpochs = 400

function thinned(epochs: readonly EpochPoint[]): EpochPoint[] {
  const every = Math.ceil(epochs.length / mostEpochs)
  return epochs.filter(({ isBest }, at) => at % every === 0 || isBest || at === epochs.length - 1)
}
