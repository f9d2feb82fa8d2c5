/** A chart on a page: drawn in the page's own colours, with a legend and a caption in words. */
import { type Html, html, trusted } from '../../page/html.ts'
import { draw, gridX, gridY, type Mark, toSvg } from '../chart.ts'

/** The theme's colours for curves. */
export const series = {
  first: 'var(--series-1)',
  second: 'var(--series-2)',
  third: 'var(--series-3)',
  quiet: 'var(--quiet)',
  grid: 'var(--line)',
} as const

/** One axis. */
export interface AxisOptions {
  readonly label: string
  readonly domain: readonly [number, number]
  /** How values are written, as a d3-format specifier. */
  readonly format: string
  /** Where, or how many; default 5. */
  readonly ticks?: number | readonly number[]
}

export interface ChartFigure {
  readonly title: string
  /** What is to be seen, in a sentence or two, for who cannot see it. */
  readonly description: string
  /** What it means, for who sees one for the first time. */
  readonly caption: Html | string
  readonly x: AxisOptions
  readonly y: AxisOptions
  /** In pixels; default 280. */
  readonly height?: number
  readonly marks: readonly Mark[]
  /** Curves by name; dashed ones as such. */
  readonly legend?: readonly (readonly [name: string, colour: string, style?: 'dashed'])[]
}

/** Width in pixels: charts shrink on phones, and are drawn for a little more than a phone's width. */
const width = 440

/** The figure. Users' texts belong in its HTML parts only, which escape them: the marks must hold none. */
export function chartFigure(figure: ChartFigure): Html {
  const { title, description, caption, legend = [] } = figure
  return html`<figure class="card chart">
<h3>${title}</h3>
${legend.length > 0 && html`<ul class="legend">${legend.map(legendEntry)}</ul>`}
<div role="img" aria-label="${description}">${trusted(toSvg(drawn(figure)))}</div>
<figcaption>${caption}</figcaption>
</figure>`
}

function drawn({ x, y, height = 280, marks }: ChartFigure): ReturnType<typeof draw> {
  const axis = ({ label, domain, format, ticks = 5 }: AxisOptions): object => ({
    label,
    domain: [...domain],
    tickFormat: format,
    ticks: typeof ticks === 'number' ? ticks : [...ticks],
    tickSize: 0,
    labelArrow: 'none',
  })
  const svg = draw({
    width,
    height,
    marginLeft: 58,
    marginBottom: 48,
    marginTop: 30,
    marginRight: 26,
    x: axis(x),
    y: axis(y),
    r: { type: 'identity' },
    marks: [gridX({ ...ticksOf(x), ...grid }), gridY({ ...ticksOf(y), ...grid }), ...marks],
  })
  svg.setAttribute('aria-hidden', 'true')
  return svg
}

const grid = { stroke: series.grid, strokeOpacity: 1 } as const

function ticksOf({ ticks = 5 }: AxisOptions): { ticks: number | number[] } {
  return { ticks: typeof ticks === 'number' ? ticks : [...ticks] }
}

function legendEntry([name, colour, style]: readonly [string, string, 'dashed'?]): Html {
  return html`<li><span class="swatch${style === 'dashed' && html` dashed`}" style="--swatch: ${colour}"></span>${name}</li>`
}
