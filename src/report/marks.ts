/** The marks of a panel: curves with their names, and the phases. */
import { dot, lineY, type Mark, ruleX, text } from './chart.ts'
import { apart, type Frame, xOf, yOf } from './frame.ts'
import { fontSize, semiboldWeight, textWidth } from './letters.ts'
import { isGap, isolated, type PhaseStart, type Point } from './series.ts'
import type { Series } from './types.ts'

/** One curve of a panel. */
export interface Curve {
  readonly series: Series
  readonly points: readonly Point[]
}

/** The ink of what is not data. */
export const faded = '#59636e'
/** Two of the eight colours of Okabe and Ito (2008), told apart with any colour vision and in print. */
export const colours: Readonly<Record<Series, string>> = { train: '#0072b2', validation: '#d55e00' }

/** A line, broken at gaps; a dot where a point has no neighbours. */
export function curveMarks({ series, points }: Curve): Mark[] {
  return [
    lineY(points, { x: 'epoch', y: 'value', stroke: colours[series], strokeWidth: 2 }),
    dot(isolated(points), { x: 'epoch', y: 'value', fill: colours[series], r: 3 }),
  ]
}

/** Name and last value of each curve, at its end. */
export function endLabels(curves: readonly Curve[], frame: Frame, format: (value: number) => string): Mark[] {
  const ends = curves.flatMap(({ series, points }) => {
    const point = points.findLast(one => !isGap(one))
    return point === undefined ? [] : [{ series, value: point.value }]
  })
  const heights = ends.map(({ value }) => yOf(frame, value))
  const moves = heights.length === 2 ? apart(heights[0]!, heights[1]!, fontSize * 1.3) : [0]
  return ends.map(({ series, value }, i) =>
    text([{ epoch: frame.epochs[1], value }], {
      x: 'epoch',
      y: 'value',
      text: () => `${series} ${format(value)}`,
      textAnchor: 'start',
      dx: frame.inset + 4,
      dy: moves[i]!,
      fill: colours[series],
      fontWeight: semiboldWeight,
    }),
  )
}

/** A dashed rule where each later phase begins. */
export function phaseRules(starts: readonly PhaseStart[]): Mark {
  return ruleX(starts, { x: 'at', stroke: faded, strokeDasharray: '4 3' })
}

/** Where what stands above a panel's frame is written. */
export const heading = { frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -10 } as const

/** What begins at each rule, beside the panel's label; what would run into another label is raised by a line. */
export function phaseLabels(starts: readonly PhaseStart[], frame: Frame, panelLabel: string): Mark[] {
  const end = [textWidth(panelLabel, semiboldWeight) * fontSize + fontSize, 0]
  return starts.map(start => {
    const label = `start of ${start.phase === 'fine-tune' ? 'fine-tuning' : start.phase}`
    const width = textWidth(label) * fontSize
    const x = Math.min(xOf(frame, start.at), frame.width - width)
    const row = x > end[0]! ? 0 : 1
    end[row] = x + width + fontSize
    const dy = heading.dy - row * fontSize * 1.3
    return text([label], { ...heading, dx: x - frame.margin.left, dy, fill: faded })
  })
}
