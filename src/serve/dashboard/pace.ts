/** How fast a run goes, from the last seconds of what it said. */
import type { Activity } from '../../page/dashboard-types.ts'
import type { ProgressLine } from './live-schema.ts'

export interface Pace {
  take(line: ProgressLine): void
  activity(): Activity | null
  /** Forgets the speed, as after a pause. */
  restart(): void
}

/** Milliseconds over which the speed is taken: long enough for the pause between two epochs to weigh little. */
const stretch = 10_000

/** A moment of a stage: examples through all its epochs. */
interface Moment {
  readonly at: number
  readonly done: number
}

export function pace(): Pace {
  let last: ProgressLine | null = null
  let moments: Moment[] = []
  return {
    take(line) {
      const moment = { at: line.at, done: doneOf(line) }
      const goesOn = last !== null && stageOf(last) === stageOf(line) && moment.done >= moments.at(-1)!.done
      const oldest = moment.at - stretch
      moments = goesOn ? [...moments.filter(({ at }) => at >= oldest), moment] : [moment]
      last = line
    },
    activity: () => last && activityOf(last, rateOf(moments)),
    restart() {
      last = null
      moments = []
    },
  }
}

const stageOf = ({ stage, phase }: ProgressLine): string => JSON.stringify([stage, phase])
const doneOf = ({ epoch, done, total }: ProgressLine): number =>
  (epoch === null ? 0 : (epoch - 1) * total) + done

function rateOf(moments: readonly Moment[]): number | null {
  const [first, last] = [moments[0], moments.at(-1)]
  if (first === undefined || last === undefined || last.at <= first.at) return null
  return ((last.done - first.done) / (last.at - first.at)) * 1000
}

function activityOf(line: ProgressLine, rate: number | null): Activity {
  const { stage, phase, epoch, epochs, done, total } = line
  const left = stage === 'train' && epochs !== null ? epochs * total - doneOf(line) : null
  const secondsLeft = left === null || rate === null || rate === 0 ? null : left / rate
  return { stage, phase, epoch, epochs, done, total, rate, secondsLeft }
}
