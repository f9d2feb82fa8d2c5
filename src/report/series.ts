/** What is read off a run's records before it is drawn. */
import type { EpochRecord, Figure, Series } from './types.ts'

/** One point of a curve; a value that is NaN is a gap. */
export interface Point {
  readonly epoch: number
  readonly value: number
}

/** The curve of one figure; what is null or not finite becomes NaN. */
export function pointsOf(records: readonly EpochRecord[], series: Series, figure: Figure): Point[] {
  return records.map(record => {
    const value = record[series][figure] ?? Number.NaN
    return { epoch: record.epoch, value: Number.isFinite(value) ? value : Number.NaN }
  })
}

export const isGap = ({ value }: Point): boolean => Number.isNaN(value)

/** Points between two gaps, which a line would not show. */
export function isolated(points: readonly Point[]): Point[] {
  const gapAt = (i: number): boolean => points[i] === undefined || isGap(points[i])
  return points.filter((point, i) => !isGap(point) && gapAt(i - 1) && gapAt(i + 1))
}

/** The epoch of the highest validation accuracy, the first of equals; undefined when there is none. */
export function bestEpoch(records: readonly EpochRecord[]): number | undefined {
  const points = pointsOf(records, 'validation', 'accuracy').filter(point => !isGap(point))
  const highest = Math.max(...points.map(({ value }) => value))
  return points.find(({ value }) => value === highest)?.epoch
}

/** Where a phase after the first begins. */
export interface PhaseStart {
  readonly phase: string
  /** Midway between the last epoch of the phase before and the first of this one. */
  readonly at: number
}

/** The beginnings of all phases but the first. */
export function phaseStarts(records: readonly EpochRecord[]): PhaseStart[] {
  return records.flatMap(({ phase, epoch }, i) => {
    const before = records[i - 1]
    return before === undefined || before.phase === phase ? [] : [{ phase, at: (before.epoch + epoch) / 2 }]
  })
}
