/** One figure over the epochs of a run: two curves with their names at the end, phases, and the best epoch. */
import { bestMarks } from './best.ts'
import { axisX, axisY, draw, gridY, type Mark, ruleY, type SvgElement, text } from './chart.ts'
import { epochTicks, type Frame } from './frame.ts'
import { fontSize, semiboldWeight } from './letters.ts'
import { type Curve, curveMarks, endLabels, faded, heading, phaseLabels, phaseRules } from './marks.ts'
import { phaseStarts, pointsOf } from './series.ts'
import type { EpochRecord, Figure } from './types.ts'

/** A drawn panel. */
export interface Panel {
  readonly chart: SvgElement
  /** In pixels. */
  readonly height: number
}

/** What tells one panel from another. */
export interface PanelOptions {
  readonly figure: Figure
  readonly label: string
  /** In pixels. */
  readonly height: number
  /** Margins above and below, in pixels. */
  readonly top: number
  readonly bottom: number
  /** Lowest and highest value of the axis. */
  readonly values: readonly [number, number]
  /** A value as it is written beside the curves. */
  readonly format: (value: number) => string
  /** How the axis writes values, as a d3-format specifier. */
  readonly ticks: string
  /** What heads and foots the stack of panels: phase names above the first, epochs below the last. */
  readonly place: 'first' | 'last'
}

export const panelWidth = 800

/** Draws the curves of one figure. */
export function drawPanel(
  records: readonly EpochRecord[],
  best: number | undefined,
  options: PanelOptions,
): Panel {
  const frame = frameOf(records, options)
  const starts = phaseStarts(records)
  const curves: Curve[] = (['train', 'validation'] as const).map(series => ({
    series,
    points: pointsOf(records, series, options.figure),
  }))
  const chart = draw({
    ...plotLayout(frame),
    marks: [
      gridY({ ticks: 5, stroke: '#d8dee4', strokeOpacity: 1 }),
      ruleY([frame.values[0]], { stroke: '#8c959f' }),
      axisY({ ticks: 5, tickSize: 0, tickFormat: options.ticks, label: null, fill: faded }),
      text([options.label], { ...heading, dx: -frame.margin.left, fontWeight: semiboldWeight }),
      phaseRules(starts),
      ...(options.place === 'first' ? phaseLabels(starts, frame, options.label) : epochAxis(frame)),
      ...curves.flatMap(curveMarks),
      ...endLabels(curves, frame, options.format),
      ...bestMarks(curves, best, frame, options.figure === 'accuracy' ? options.format : undefined),
    ],
  })
  return { chart, height: options.height }
}

function frameOf(records: readonly EpochRecord[], { height, top, bottom, values }: PanelOptions): Frame {
  const [first, last] = [records[0]!.epoch, records.at(-1)!.epoch]
  return {
    width: panelWidth,
    height,
    margin: { top, right: 134, bottom, left: 46 },
    inset: 8,
    epochs: first === last ? [first - 0.5, last + 0.5] : [first, last],
    values,
  }
}

function plotLayout({ width, height, margin, inset, epochs, values }: Frame): Parameters<typeof draw>[0] {
  return {
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    x: { axis: null, domain: [...epochs], insetLeft: inset, insetRight: inset },
    y: { axis: null, domain: [...values] },
  }
}

function epochAxis(frame: Frame): Mark[] {
  return [
    axisX({
      ticks: epochTicks(frame),
      tickFormat: 'd',
      tickSize: 4,
      label: null,
      color: '#8c959f',
      fill: faded,
    }),
    text(['Epoch'], { frameAnchor: 'bottom', dy: frame.margin.bottom - fontSize / 2, fill: faded }),
  ]
}
