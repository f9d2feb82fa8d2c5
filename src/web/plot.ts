/** The border to Observable Plot in the browser: the charts of live pages, in the page's own colours. */
import * as plot from '@observablehq/plot'

/** One line of a chart. */
export interface Line {
  readonly name: string
  readonly points: readonly Point[]
  /** A colour of CSS, such as `var(--series-1)`. */
  readonly colour: string
  readonly look?: 'solid' | 'thin' | 'dashed'
}

export interface Point {
  readonly x: number
  /** NaN and null are gaps. */
  readonly y: number | null
}

/** A vertical rule with a word at its top. */
export interface Rule {
  readonly x: number
  readonly label: string
}

export interface ChartOptions {
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly xLabel: string
  /** The least span of each axis; it grows with the points. */
  readonly x: readonly [number, number]
  readonly y?: readonly [number, number] | undefined
  readonly format: (value: number) => string
  readonly rules?: readonly Rule[]
  /** What the chart shows, for those who hear it. */
  readonly description: string
}

const widths = { solid: 2, thin: 1, dashed: 1.5 } as const

/** A chart as SVG. */
export function lineChart(lines: readonly Line[], options: ChartOptions): SVGElement | HTMLElement {
  const { width, height, xLabel, x, y, format, rules = [], description } = options
  const whole = (value: number): string => (Number.isInteger(value) ? String(value) : '')
  const chart = plot.plot({
    width,
    height,
    marginLeft: 48,
    marginRight: 12,
    marginTop: rules.length > 0 ? 22 : 10,
    marginBottom: 38,
    x: {
      domain: [...x],
      label: xLabel,
      labelOffset: 34,
      tickFormat: whole,
      ticks: Math.min(8, Math.max(1, Math.floor(x[1] - x[0]))),
    },
    y: { ...(y && { domain: [...y] }), label: null, tickFormat: format, grid: true, nice: true, ticks: 5 },
    marks: [
      plot.ruleX(rules, { x: 'x', stroke: 'var(--quiet)', strokeDasharray: '4 3' }),
      plot.text(rules, { x: 'x', text: 'label', frameAnchor: 'top', dy: -12, fill: 'var(--quiet)' }),
      ...lines.flatMap(lineMarks),
    ],
  })
  chart.setAttribute('role', 'img')
  chart.setAttribute('aria-label', description)
  for (const inner of chart.querySelectorAll('[aria-label]')) inner.removeAttribute('aria-label')
  return chart
}

function lineMarks({ points, colour, look = 'solid' }: Line): plot.Markish[] {
  const style = { x: 'x', y: 'y', stroke: colour, strokeWidth: widths[look], clip: true }
  const dashed = look === 'dashed' ? { strokeDasharray: '5 4' } : {}
  const marks = [plot.lineY(points, { ...style, ...dashed, ...(look === 'thin' && { strokeOpacity: 0.55 }) })]
  const seen = points.filter(({ y }) => y !== null)
  // A single point would be no line.
  return look !== 'thin' && seen.length === 1
    ? [...marks, plot.dot(seen, { x: 'x', y: 'y', fill: colour, r: 3 })]
    : marks
}
