/** What folds tell: how well this training does on pictures like these, whichever of them are held out. */
import type { CrossValidation } from '../../evaluate/cross-validation.ts'
import { type Html, html } from '../../page/html.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import { dot, type Mark, ruleY } from '../chart.ts'
import { chartFigure, series } from './chart-figure.ts'
import { figureCard, note } from './figure-card.ts'
import { intervalBar } from './interval-bar.ts'
import { percentInterval, score } from './words.ts'

/** The most folds whose numbers all stand on the axis. */
const mostTicks = 12

/** Nothing for a run without folds. */
export function crossValidationSection(figures: CrossValidation | null): Html {
  if (figures === null) return html``
  const { folds, examples, accuracy, accuracyInterval, macroF1, perFold } = figures
  const [worst, best] = [Math.min(...perFold), Math.max(...perFold)]
  return html`<section aria-labelledby="folds"><h2 id="folds">How it does whichever pictures are held out</h2>
<p>The same training was done ${folds} times more, each time without one of ${folds} parts of the pictures, and measured on that part: every picture was judged by a network that had not seen it. It tells what to expect of this training on pictures like these; the classifier in this folder is none of those networks.</p>
<div class="charts"><div class="cards figures">
${figureCard('Accuracy', formatPercent(accuracy, 2), intervalBar(accuracyInterval, accuracy, percentInterval(accuracyInterval)))}
${figureCard('Macro F1', score(macroF1), note('over the pictures of all folds'))}
${figureCard('Folds', formatCount(folds), note(`accuracy from ${formatPercent(worst)} to ${formatPercent(best)}`))}
${figureCard('Examples', formatCount(examples), note('each judged once'))}
</div>
${foldFigure(figures)}</div>
</section>`
}

function foldFigure({ accuracy, accuracyInterval: { low, high }, perFold }: CrossValidation): Html {
  const folds = perFold.map((share, at) => ({ fold: at + 1, share }))
  const step = Math.ceil(folds.length / mostTicks)
  const lowest = Math.min(low, ...perFold)
  return chartFigure({
    title: 'Accuracy of each fold',
    description: `Accuracy of each fold: ${perFold.map(share => formatPercent(share, 2)).join(', ')}; of all together ${formatPercent(accuracy, 2)}`,
    caption:
      'Each dot is one training. The line is the accuracy over the pictures of all folds, the dashed lines are its 95% interval. How far the dots are apart tells how much hangs on which pictures are learned from.',
    x: {
      label: 'Fold',
      domain: [0.5, folds.length + 0.5],
      format: 'd',
      ticks: folds.map(({ fold }) => fold).filter(fold => (fold - 1) % step === 0),
    },
    y: { label: 'Accuracy', domain: [Math.max(0, lowest - 0.02), 1], format: '.1~%' },
    legend: [
      ['one fold', series.first],
      ['all folds', series.second],
      ['its 95% interval', series.second, 'dashed'],
    ],
    marks: foldMarks(folds, { low, accuracy, high }),
  })
}

function foldMarks(
  folds: readonly { readonly fold: number; readonly share: number }[],
  { low, accuracy, high }: Readonly<Record<'low' | 'accuracy' | 'high', number>>,
): Mark[] {
  return [
    ruleY([low, high], { stroke: series.second, strokeDasharray: '5 4' }),
    ruleY([accuracy], { stroke: series.second, strokeWidth: 2 }),
    dot(folds, { x: 'fold', y: 'share', r: 5, fill: series.first, stroke: 'var(--card)', strokeWidth: 1.5 }),
  ]
}
