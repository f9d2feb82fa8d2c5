/** The two panels of a training curve: accuracy above, loss below, over the same epochs. */
import { formatPercent } from '../util/format.ts'
import { drawPanel, type Panel } from './panel.ts'
import { isGap, pointsOf } from './series.ts'
import type { EpochRecord, Figure } from './types.ts'

/** Accuracy in percent, from a little below the lowest value up to 100%, with the phases' names above the frame. */
export function accuracyPanel(records: readonly EpochRecord[], best: number | undefined): Panel {
  const values = accuracyDomain(finiteValues(records, 'accuracy'))
  return drawPanel(records, best, {
    figure: 'accuracy',
    label: 'Accuracy',
    height: 280,
    top: 44,
    bottom: 10,
    values,
    format: share => formatPercent(share),
    ticks: '.1~%',
    place: 'first',
  })
}

/** Cross-entropy in nats, from 0, with the epochs below the frame. */
export function lossPanel(records: readonly EpochRecord[], best: number | undefined): Panel {
  const highest = Math.max(0, ...finiteValues(records, 'loss'))
  return drawPanel(records, best, {
    figure: 'loss',
    label: 'Loss',
    height: 252,
    top: 30,
    bottom: 42,
    values: [0, highest > 0 ? highest * 1.05 : 1],
    format: loss => loss.toPrecision(3),
    ticks: '~g',
    place: 'last',
  })
}

/** At least two points of percentage, with room below the lowest value; up to 1 unless all is far from it. */
function accuracyDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1]
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  const top = highest > 0.6 ? 1 : Math.min(1, highest + 0.1)
  const low = Math.min(lowest, top - 0.02)
  return [Math.max(0, low - (top - low) * 0.06), top]
}

function finiteValues(records: readonly EpochRecord[], figure: Figure): number[] {
  const points = (['train', 'validation'] as const).flatMap(series => pointsOf(records, series, figure))
  return points.filter(point => !isGap(point)).map(({ value }) => value)
}
