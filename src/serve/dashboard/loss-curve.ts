/** The training loss as steps end, in a bounded number of points. */
import type { CurvePoint } from '../../page/dashboard-types.ts'
import type { ProgressLine } from './live-schema.ts'

export interface LossCurve {
  take(line: ProgressLine): void
  points(): CurvePoint[]
}

/** A point, and the part of an epoch that it is the mean over. */
interface Stretch extends CurvePoint {
  readonly width: number
}

/** A curve of twice as many points is halved; screens show no more. */
const mostPoints = 300

export function lossCurve(): LossCurve {
  let stretches: Stretch[] = []
  let before = { epoch: 0, done: 0, sum: 0 }
  return {
    take({ epoch, done, total, loss }) {
      if (epoch === null || loss === undefined || done === 0 || total === 0) return
      const at = epoch - 1 + done / total
      // A resumed run says again what its checkpoint did not hold.
      if (at <= (stretches.at(-1)?.at ?? 0)) stretches = stretches.filter(stretch => stretch.at < at)
      const from = before.epoch === epoch && before.done < done ? before : { done: 0, sum: 0 }
      const count = done - from.done
      stretches.push({ at, loss: (loss * done - from.sum) / count, width: count / total })
      before = { epoch, done, sum: loss * done }
      if (stretches.length >= 2 * mostPoints) stretches = halved(stretches)
    },
    points: () => stretches.map(({ at, loss }) => ({ at: round(at), loss: round(loss) })),
  }
}

/** Every two neighbours as one, which stands where the second stood. */
function halved(stretches: readonly Stretch[]): Stretch[] {
  return stretches.flatMap((second, at) => {
    if (at % 2 === 0) return at === stretches.length - 1 ? [second] : []
    const first = stretches[at - 1]!
    const width = first.width + second.width
    return [{ at: second.at, loss: (first.loss * first.width + second.loss * second.width) / width, width }]
  })
}

const round = (value: number): number => Number(value.toPrecision(5))
