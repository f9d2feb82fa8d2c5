/** How the training went: accuracy and loss by epoch, and the same as a table. */
import { type Html, html } from '../../page/html.ts'
import { formatDuration, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { dot, lineY, type Mark, ruleX, text } from '../chart.ts'
import { isGap, isolated, type Point, phaseStarts, pointsOf } from '../series.ts'
import type { EpochRecord, Figure, Series } from '../types.ts'
import { type AxisOptions, chartFigure, series } from './chart-figure.ts'
import type { RunReport } from './types.ts'
import { nats } from './words.ts'

const colours: Readonly<Record<Series, string>> = { train: series.third, validation: series.second }

export function trainingSection({ epochs, bestEpoch, validation }: RunReport): Html {
  if (epochs.length === 0) return html``
  const records: EpochRecord[] = epochs.map(({ validation, ...epoch }) => ({
    ...epoch,
    validation: validation ?? { loss: null, accuracy: null },
  }))
  const best = validation === null ? null : bestEpoch
  return html`<section aria-labelledby="training"><h2 id="training">How it learned</h2>
<div class="charts">
${curveFigure(records, 'accuracy', best)}
${curveFigure(records, 'loss', best)}
</div>
${epochTable(epochs, bestEpoch)}
</section>`
}

function curveFigure(records: readonly EpochRecord[], figure: Figure, best: number | null): Html {
  const curves = (['train', 'validation'] as const).map(name => ({
    name,
    points: pointsOf(records, name, figure),
  }))
  const starts = phaseStarts(records)
  return chartFigure({
    title: figure === 'accuracy' ? 'Accuracy' : 'Loss',
    description: describe(records, figure),
    caption: captions[figure],
    x: epochAxis(records),
    y: valueAxis(
      figure,
      curves.flatMap(({ points }) => points),
    ),
    legend: [
      ['train', colours.train],
      ['validation', colours.validation],
      ...(starts.length > 0
        ? [[startWords(starts.map(({ phase }) => phase)), series.quiet, 'dashed'] as const]
        : []),
    ],
    marks: [
      ruleX(starts, { x: 'at', stroke: series.quiet, strokeDasharray: '5 4' }),
      ...curves.flatMap(({ name, points }) => curveMarks(points, colours[name])),
      ...bestMarks(curves[1]!.points, best),
    ],
  })
}

const captions: Readonly<Record<Figure, string>> = {
  accuracy:
    'The share of pictures that it gets right after each epoch. Where validation stays behind train, it knows its own pictures better than new ones.',
  loss: 'How surprised it is by the right answer. When the loss of validation rises while that of train falls, it learns by heart.',
}

function startWords(phases: readonly string[]): string {
  return `start of ${phases.map(phase => (phase === 'fine-tune' ? 'fine-tuning' : phase)).join(', ')}`
}

function curveMarks(points: readonly Point[], stroke: string): Mark[] {
  return [
    lineY(points, { x: 'epoch', y: 'value', stroke, strokeWidth: 2 }),
    dot(isolated(points), { x: 'epoch', y: 'value', fill: stroke, r: 3 }),
  ]
}

/** A dot on the epoch whose weights were kept. */
function bestMarks(points: readonly Point[], best: number | null): Mark[] {
  const kept = points.filter(point => point.epoch === best && !isGap(point))
  return [
    dot(kept, {
      x: 'epoch',
      y: 'value',
      r: 5,
      fill: colours.validation,
      stroke: 'var(--card)',
      strokeWidth: 2,
    }),
    text(kept, {
      x: 'epoch',
      y: 'value',
      text: () => 'kept',
      dy: -14,
      fill: colours.validation,
      fontWeight: 600,
      stroke: 'var(--card)',
      strokeWidth: 4,
    }),
  ]
}

function epochAxis(records: readonly EpochRecord[]): AxisOptions {
  const [first, last] = [records[0]!.epoch, records.at(-1)!.epoch]
  const step = Math.max(1, Math.ceil((last - first) / 8))
  const ticks = records.map(({ epoch }) => epoch).filter(epoch => (epoch - first) % step === 0)
  return {
    label: 'Epoch',
    domain: first === last ? [first - 0.5, last + 0.5] : [first, last],
    format: 'd',
    ticks,
  }
}

function valueAxis(figure: Figure, points: readonly Point[]): AxisOptions {
  const values = points.filter(point => !isGap(point)).map(({ value }) => value)
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)]
  if (figure === 'loss')
    return { label: 'Cross-entropy (nats)', domain: [0, high > 0 ? high * 1.08 : 1], format: '~g' }
  const top = high > 0.6 ? 1 : high + 0.1
  const bottom = Math.max(0, Math.min(low, top - 0.02) - (top - low) * 0.06)
  return { label: 'Accuracy', domain: [bottom, top], format: '.1~%' }
}

function describe(records: readonly EpochRecord[], figure: Figure): string {
  const last = records.at(-1)!
  const show = (value: number | null): string =>
    figure === 'accuracy' ? formatPercent(value ?? Number.NaN) : nats(value)
  const curve = (name: Series): string =>
    `${name} from ${show(records[0]![name][figure])} to ${show(last[name][figure])}`
  const starts = phaseStarts(records).map(
    ({ phase, at }) => `, ${phase} begins after epoch ${Math.floor(at)}`,
  )
  return `${figure === 'accuracy' ? 'Accuracy' : 'Loss'} over ${counted(records.length, 'epoch')}: ${curve('train')}, ${curve('validation')}${starts.join('')}`
}

function epochTable(epochs: RunReport['epochs'], best: number): Html {
  const rows = epochs.map(
    ({
      epoch,
      phase,
      train,
      validation,
      learningRate,
      seconds,
    }) => html`<tr${epoch === best && html` class="kept"`}>
<th scope="row" class="number">${epoch}</th><td>${phase}</td>
<td class="number">${nats(train.loss)}</td><td class="number">${formatPercent(train.accuracy, 2)}</td>
<td class="number">${nats(validation?.loss ?? null)}</td><td class="number">${formatPercent(validation?.accuracy ?? Number.NaN, 2)}</td>
<td class="number">${learningRate.toPrecision(2)}</td><td class="number">${formatDuration(seconds)}</td></tr>`,
  )
  return html`<details><summary>All ${counted(epochs.length, 'epoch')} as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Epochs"><table>
<thead><tr><th scope="col" class="number">Epoch</th><th scope="col">Phase</th><th scope="col" class="number">Train loss</th><th scope="col" class="number">Train accuracy</th><th scope="col" class="number">Validation loss</th><th scope="col" class="number">Validation accuracy</th><th scope="col" class="number">Learning rate</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`
}
