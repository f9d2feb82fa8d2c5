/** The charts of a run, and that of all runs together. */
import type { EpochPoint, RunView } from '../../page/dashboard-types.ts'
import { formatPercent } from '../../util/format.ts'
import { element } from '../elements.ts'
import { type ChartOptions, type Line, lineChart, type Rule } from '../plot.ts'

const train = 'var(--series-1)'
const validation = 'var(--series-2)'
const height = 240
const narrowest = 220

export function drawLoss(figure: HTMLElement, run: RunView): void {
  const steps = run.curve.map(({ at, loss }) => ({ x: at, y: loss }))
  const lines: Line[] = [
    { name: 'train, as steps end', points: steps, colour: train, look: 'thin' },
    { name: 'train', points: pointsOf(run, ({ loss }) => loss), colour: train },
    {
      name: 'validation',
      points: pointsOf(run, ({ validationLoss }) => validationLoss),
      colour: validation,
      look: 'dashed',
    },
  ]
  draw(figure, lines, {
    ...epochAxis(run),
    y: lossSpan(lines),
    format: value => String(Number(value.toPrecision(3))),
  })
}

export function drawAccuracy(figure: HTMLElement, run: RunView): void {
  const lines: Line[] = [
    { name: 'train', points: pointsOf(run, ({ accuracy }) => accuracy), colour: train },
    {
      name: 'validation',
      points: pointsOf(run, ({ validationAccuracy }) => validationAccuracy),
      colour: validation,
      look: 'dashed',
    },
  ]
  draw(figure, lines, { ...epochAxis(run), y: accuracySpan(lines), format: value => formatPercent(value, 0) })
}

/** Colours of runs in the overview; those after the fourth are grey. */
export function runColour(place: number): string {
  return place < 4 ? `var(--series-${place + 1})` : 'var(--quiet)'
}

export function drawCompared(figure: HTMLElement, runs: readonly RunView[]): void {
  const lines = runs.map((run, place): Line => {
    const points = pointsOf(run, ({ validationAccuracy }) => validationAccuracy)
    return { name: run.id, points, colour: runColour(place) }
  })
  const last = Math.max(2, ...runs.map(run => run.epochs.at(-1)?.epoch ?? 0))
  draw(
    figure,
    lines,
    { x: [1, last], y: accuracySpan(lines), format: value => formatPercent(value, 0) },
    false,
  )
}

function pointsOf({ epochs }: RunView, value: (point: EpochPoint) => number | null): Line['points'] {
  return epochs.map(point => ({ x: point.epoch, y: value(point) }))
}

/** The whole run's epochs, so that curves grow into their place. */
function epochAxis({ activity, epochs, status }: RunView): { x: [number, number]; rules: Rule[] } {
  const seen = epochs.at(-1)?.epoch ?? 0
  const planned = status === 'running' ? (activity?.epochs ?? 0) : 0
  const rules = epochs.flatMap(({ phase, epoch }, at) =>
    at === 0 || epochs[at - 1]!.phase === phase
      ? []
      : [{ x: epoch - 0.5, label: phase === 'fine-tune' ? 'fine-tuning' : phase }],
  )
  return { x: [0, Math.max(1, seen, activity?.epoch ?? 0, planned)], rules }
}

/** From the lowest accuracy that is seen to 1. */
function accuracySpan(lines: readonly Line[]): [number, number] {
  return [Math.min(0.9, ...valuesOf(lines)), 1]
}

/** From 0 to the highest loss, single spikes left out. */
function lossSpan(lines: readonly Line[]): [number, number] {
  const sorted = valuesOf(lines).sort((a, b) => a - b)
  return [0, sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 1]
}

function valuesOf(lines: readonly Line[]): number[] {
  return lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])))
}

type Axes = Pick<ChartOptions, 'x' | 'y' | 'format' | 'rules'>

function draw(figure: HTMLElement, lines: readonly Line[], axes: Axes, hasLegend = true): void {
  figure.hidden = valuesOf(lines).length === 0
  const caption = figure.querySelector('figcaption')!
  const width = Math.max(narrowest, figure.clientWidth - 36)
  const description = `${caption.textContent}: ${lines.map(line => lastWords(line, axes.format)).join('; ')}`
  const chart = lineChart(lines, { ...axes, width, height, xLabel: 'epoch', description })
  figure.replaceChildren(caption, ...(hasLegend ? [legend(lines)] : []), chart)
}

function lastWords({ name, points }: Line, format: (value: number) => string): string {
  const last = points.findLast(({ y }) => y !== null)
  return last === undefined
    ? `${name} has no value yet`
    : `${name} ${format(last.y!)} at epoch ${Number(last.x.toFixed(1))}`
}

function legend(lines: readonly Line[]): HTMLElement {
  return element('ul', { className: 'legend' }, ...lines.map(line => element('li', {}, key(line), line.name)))
}

const namespace = 'http://www.w3.org/2000/svg'

/** A piece of the line, as it looks in the chart. */
function key({ colour, look }: Line): SVGElement {
  const svg = document.createElementNS(namespace, 'svg')
  const stroke = document.createElementNS(namespace, 'line')
  for (const [name, value] of [
    ['width', '22'],
    ['height', '8'],
    ['aria-hidden', 'true'],
  ] as const)
    svg.setAttribute(name, value)
  for (const [name, value] of [
    ['x2', '22'],
    ['y1', '4'],
    ['y2', '4'],
  ] as const)
    stroke.setAttribute(name, value)
  stroke.style.stroke = colour
  stroke.style.strokeWidth = look === 'thin' ? '1' : '2'
  if (look === 'dashed') stroke.style.strokeDasharray = '5 4'
  svg.append(stroke)
  return svg
}
