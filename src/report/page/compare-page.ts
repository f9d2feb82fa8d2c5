/** Runs side by side on one page: figures with their intervals, curves in one picture, and what is more than chance. */
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { pageDocument } from '../../page/document.ts'
import { type Html, html } from '../../page/html.ts'
import { formatBytes, formatDuration, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { lineY, type Mark } from '../chart.ts'
import { type Comparison, pairWords, type RunSummary } from '../compare.ts'
import { isGap, pointsOf } from '../series.ts'
import type { EpochRecord, Figure } from '../types.ts'
import { chartFigure } from './chart-figure.ts'
import { intervalBar } from './interval-bar.ts'
import { reportStyles } from './styles.ts'
import { nats, percentInterval, score, scoreInterval } from './words.ts'

/** The theme's colours; of more runs the next ones are dashed. */
const colours = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)'] as const

/** The page's text; the same comparison gives the same bytes. */
export function comparePage({ runs, pairs, withoutAnswers }: Comparison): string {
  return pageDocument({
    title: `${counted(runs.length, 'run')} compared - Graft`,
    styles: reportStyles,
    body: html`<header class="top"><h1>${counted(runs.length, 'run')} side by side</h1></header>
<main>
<section aria-labelledby="figures"><h2 id="figures">How good they are</h2>${figureTable(runs)}</section>
<section aria-labelledby="chance"><h2 id="chance">Whether that is luck</h2>
<p class="quiet">Each pair on the images that both held out: McNemar's exact test of those that only one of them got right, adjusted for the number of pairs (Holm 1979).</p>
<ul>${pairs.map(pair => html`<li>${pairWords(pair)}</li>`)}</ul>
${withoutAnswers.length > 0 && html`<p class="warn">Without answers to compare by: ${withoutAnswers.join(', ')}. The command graft report asks their classifiers again.</p>`}</section>
<section aria-labelledby="curves"><h2 id="curves">How they learned</h2>
<div class="charts">${curveFigure(runs, 'accuracy')}${curveFigure(runs, 'loss')}</div></section>
</main>
<footer class="end"><p>Made by Graft. This page is one file: nothing is fetched.</p></footer>`,
  })
}

function figureTable(runs: readonly RunSummary[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of the runs"><table class="runs">
<thead><tr><th scope="col">Run</th><th scope="col">Accuracy</th><th scope="col">ROC AUC</th><th scope="col" class="number">Macro F1</th><th scope="col" class="number">Loss</th><th scope="col" class="number">Images</th><th scope="col" class="number">Time</th><th scope="col" class="number">Size</th><th scope="col">Recipe</th></tr></thead>
<tbody>${runs.map(figureRow)}</tbody></table></div>`
}

function figureRow(summary: RunSummary, at: number): Html {
  const { run, evaluation, split, seconds, bytes, recipe, backbone, size, epochs } = summary
  return html`<tr><th scope="row"><span class="swatch${at >= colours.length && html` dashed`}" style="--swatch: ${colourOf(at)}"></span> ${run}</th>
<td>${evaluation && html`<b>${formatPercent(evaluation.accuracy, 2)}</b>${intervalBar(evaluation.accuracyInterval, evaluation.accuracy, percentInterval(evaluation.accuracyInterval))}`}</td>
<td>${evaluation && areaCell(evaluation)}</td>
<td class="number">${score(evaluation?.macroF1 ?? null)}</td><td class="number">${nats(evaluation?.loss ?? null)}</td>
<td class="number">${evaluation ? `${evaluation.examples} ${split}` : '–'}</td>
<td class="number">${formatDuration(seconds)}, ${counted(epochs.length, 'epoch')}</td><td class="number">${formatBytes(bytes)}</td>
<td>${recipe}, ${backbone}, ${size} pixels</td></tr>`
}

function areaCell({ rocAuc, rocAucInterval }: Evaluation): Html | string {
  if (rocAuc === null) return '–'
  return html`<b>${score(rocAuc)}</b>${rocAucInterval && intervalBar(rocAucInterval, rocAuc, scoreInterval(rocAucInterval))}`
}

const colourOf = (at: number): string => colours[at % colours.length]!

function curveFigure(runs: readonly RunSummary[], figure: Figure): Html {
  const curves = runs.map(({ epochs }) =>
    pointsOf(recordsOf(epochs), 'validation', figure).filter(point => !isGap(point)),
  )
  const values = curves.flat().map(({ value }) => value)
  const last = Math.max(2, ...curves.flat().map(({ epoch }) => epoch))
  const isShare = figure === 'accuracy'
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)]
  return chartFigure({
    title: isShare ? 'Accuracy on validation' : 'Loss on validation',
    description: runs.map(({ run }, at) => describe(run, curves[at]!.at(-1)?.value, isShare)).join('; '),
    caption: isShare
      ? 'The share of the held-out pictures that each gets right.'
      : 'Cross-entropy in nats: how surprised each is by the right answer.',
    x: { label: 'Epoch', domain: [1, last], format: 'd', ticks: Math.min(8, last) },
    y: isShare
      ? { label: 'Accuracy', domain: [Math.max(0, Math.min(low, 0.98) - 0.02), 1], format: '.1~%' }
      : { label: 'Cross-entropy (nats)', domain: [0, high > 0 ? high * 1.08 : 1], format: '~g' },
    legend: runs.map(({ run }, at) =>
      at < colours.length ? [run, colourOf(at)] : [run, colourOf(at), 'dashed'],
    ),
    marks: curves.map((points, at) => curve(points, at)),
  })
}

function curve(points: readonly { readonly epoch: number; readonly value: number }[], at: number): Mark {
  const dash = at < colours.length ? {} : { strokeDasharray: '5 4' }
  return lineY(points, { x: 'epoch', y: 'value', stroke: colourOf(at), strokeWidth: 2, ...dash })
}

function recordsOf(epochs: RunSummary['epochs']): EpochRecord[] {
  return epochs.map(({ validation, ...epoch }) => ({
    ...epoch,
    validation: validation ?? { loss: null, accuracy: null },
  }))
}

function describe(run: string, last: number | undefined, isShare: boolean): string {
  if (last === undefined) return `${run} has no validation figures`
  return `${run} ends at ${isShare ? formatPercent(last) : nats(last)}`
}
