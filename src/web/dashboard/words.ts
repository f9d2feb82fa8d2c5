/** Runs in words and figures. */
import type { Activity, EpochPoint, RunStatus, RunView } from '../../page/dashboard-types.ts'
import { formatCount, formatDuration, formatPercent } from '../../util/format.ts'

export const statusWords: Readonly<Record<RunStatus, string>> = {
  running: 'Training',
  stopping: 'Stopping',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
  interrupted: 'Interrupted',
}

export function isOver({ status }: RunView): boolean {
  return status !== 'running' && status !== 'stopping'
}

/** What is to be said of a run's state, in a sentence. */
export function stateSentence(run: RunView): string {
  switch (run.status) {
    case 'running':
      return run.activity === null ? 'It is being prepared.' : `Now ${activityWords(run.activity)}.`
    case 'stopping':
      return 'It ends at the next step and leaves a checkpoint.'
    case 'done':
      return 'Training has ended.'
    case 'stopped':
      return 'It was stopped and left a checkpoint: graft train with --resume goes on.'
    case 'failed':
      return `It failed: ${run.message ?? 'nobody knows why'}`
    case 'interrupted':
      return 'Its process ended without a word; graft train with --resume goes on from its last checkpoint.'
  }
}

/** What the run does just now, in a few words. */
function activityWords({ stage, phase }: Activity): string {
  if (stage === 'download') return 'downloading weights'
  if (stage !== 'train') return 'looking at the images'
  return phase === 'fine-tune' ? 'fine-tuning' : phase === 'head' ? 'training the head' : `training: ${phase}`
}

/** What it learns from, and how. */
export function aboutWords({ recipe, backbone, classes, examples }: RunView): string {
  const { train, validation, test } = examples
  const counts = [`${formatCount(train)} images to train on`, `${formatCount(validation)} for validation`]
  if (test > 0) counts.push(`${formatCount(test)} for a test`)
  return `${formatCount(classes)} classes; ${counts.join(', ')}; recipe ${recipe}, ${backbone}`
}

/** The epoch whose weights would be shipped. */
export function bestOf({ epochs }: RunView): EpochPoint | undefined {
  return epochs.findLast(({ isBest }) => isBest)
}

/** Names of figures with their values. @param now milliseconds since 1970 */
export function figuresOf(run: RunView, now: number): [name: string, value: string][] {
  const { activity, began, ended, epochs } = run
  const best = bestOf(run)
  const last = epochs.at(-1)
  const rate = activity?.rate
  const figures: [string, string | null][] = [
    ['epoch', epochWords(run)],
    ['images a second', isOver(run) || rate == null ? null : formatCount(rate)],
    [
      'time left, at most',
      isOver(run) || activity?.secondsLeft == null ? null : formatDuration(activity.secondsLeft),
    ],
    [
      'time',
      began === null || (isOver(run) && ended === null)
        ? null
        : formatDuration(((ended ?? now) - began) / 1000),
    ],
    [
      `best validation accuracy, epoch ${best?.epoch}`,
      best?.validationAccuracy == null ? null : formatPercent(best.validationAccuracy),
    ],
    ['validation loss', last?.validationLoss == null ? null : last.validationLoss.toPrecision(3)],
  ]
  return figures.filter((figure): figure is [string, string] => figure[1] !== null)
}

function epochWords(run: RunView): string | null {
  const { activity, epochs } = run
  const done = epochs.at(-1)?.epoch ?? 0
  if (isOver(run)) return done === 0 ? null : String(done)
  return activity?.epochs == null ? null : `${activity.epoch ?? done} of ${activity.epochs}`
}

/** How much of the run is done, 0..1; null while that is unknown. */
export function shareDone(run: RunView): number | null {
  if (run.status === 'done') return 1
  const { activity, epochs } = run
  if (activity?.epochs == null || activity.epochs === 0) return null
  const whole = activity.epoch === null ? (epochs.at(-1)?.epoch ?? 0) : activity.epoch - 1
  const part = activity.epoch === null || activity.total === 0 ? 0 : activity.done / activity.total
  return Math.min(1, (whole + part) / activity.epochs)
}
