/** The picture of a run: accuracy and loss over its epochs, on train and validation. */
import { formatPercent } from '../util/format.ts'
import { element, type SvgElement, toSvg } from './chart.ts'
import { fitText, fontFamily, fontSize, semiboldWeight } from './letters.ts'
import { faded } from './marks.ts'
import { panelWidth } from './panel.ts'
import { accuracyPanel, lossPanel } from './panels.ts'
import { bestEpoch } from './series.ts'
import type { EpochRecord } from './types.ts'

/** How the picture is labelled. */
export interface CurveOptions {
  /** What was learned from, such as the dataset's name. */
  readonly title: string
  /** What learned it, such as the backbone and the recipe; left out when absent. */
  readonly note?: string
  /** The epoch to mark; by default that with the highest validation accuracy, the first of equals. */
  readonly best?: number
}

const margin = 24
const header = 76
const between = 16
const width = panelWidth + 2 * margin
const ink = '#1f2328'

/**
 * Accuracy above loss, over epochs; each later phase begins at a labelled vertical rule; the best epoch is marked.
 *
 * @param records at least one; epochs rise; a figure that is null or not finite leaves a gap
 * @returns a self-contained SVG file on a white background, its text in the reader's own fonts
 * @throws RangeError without records
 */
export function trainingCurves(records: readonly EpochRecord[], options: CurveOptions): { svg: string } {
  if (records.length === 0) throw new RangeError('A training curve needs at least one epoch. Received: none')
  const best = options.best ?? bestEpoch(records)
  const accuracy = accuracyPanel(records, best)
  const loss = lossPanel(records, best)
  const height = header + accuracy.height + between + loss.height + margin
  const summary = headline(records, best)
  const root = element('svg', {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'font-family': fontFamily,
    'font-size': fontSize,
    fill: ink,
  })
  root.append(
    element('title', {}, `Training of ${options.title}`),
    element('desc', {}, summary),
    element('rect', { width, height, fill: '#fff' }),
    line(options.title, { y: 40, 'font-size': 20, 'font-weight': semiboldWeight }),
    line([summary, ...(options.note === undefined ? [] : [options.note])].join('  ·  '), {
      y: 62,
      'font-size': 13,
      fill: faded,
    }),
    placed(accuracy.chart, header),
    placed(loss.chart, header + accuracy.height + between),
  )
  return { svg: toSvg(root) }
}

/** The final figures in one line. */
function headline(records: readonly EpochRecord[], best: number | undefined): string {
  const last = records.at(-1)!.epoch
  const figures = records.find(({ epoch }) => epoch === best)?.validation
  if (figures?.accuracy == null) return `${last} ${last === 1 ? 'epoch' : 'epochs'}`
  const loss = Number.isFinite(figures.loss ?? Number.NaN) ? `, loss ${figures.loss!.toPrecision(3)}` : ''
  return `Validation accuracy ${formatPercent(figures.accuracy, 2)}${loss} at epoch ${best} of ${last}`
}

/** A line of the header, cut to the picture's width. */
function line(
  text: string,
  style: { y: number; 'font-size': number; 'font-weight'?: string; fill?: string },
): SvgElement {
  const room = panelWidth / style['font-size']
  return element('text', { x: margin, ...style }, fitText(text, room, style['font-weight']))
}

function placed(chart: SvgElement, y: number): SvgElement {
  chart.setAttribute('x', String(margin))
  chart.setAttribute('y', String(y))
  return chart
}
