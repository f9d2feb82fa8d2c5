/** What is taken for what: the confusion matrix, as a table of a few classes or a grid of many, and the commonest mistakes. */
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { type Html, html, trusted } from '../../page/html.ts'
import { formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { element, toSvg } from '../chart.ts'

/** The most classes of which every count can be read; of more, a grid shows where they are. */
const readable = 12
const confusionsShown = 12
/** The strongest ink of a cell, in percent of the colour: text on it keeps its contrast. */
const strongest = 42

export function confusionSection(evaluation: Evaluation, classNames: readonly string[], split: string): Html {
  const isReadable = classNames.length <= readable
  return html`<section aria-labelledby="confusion"><h2 id="confusion">What it takes for what</h2>
<p class="quiet">Each row is what a ${split} picture is, each column what it was taken for. Right answers lie on the diagonal.</p>
${isReadable ? matrixTable(evaluation, classNames) : matrixGrid(evaluation)}
${classNames.length > 2 && commonest(evaluation, classNames)}
</section>`
}

function matrixTable({ confusion, perClass }: Evaluation, classNames: readonly string[]): Html {
  const heads = classNames.map(name => html`<th scope="col" class="number">${name}</th>`)
  const rows = confusion.map((row, truth) => {
    const { support } = perClass[truth]!
    const cells = row.map((count, predicted) => cell(count, support, truth === predicted))
    return html`<tr><th scope="row">${classNames[truth]}</th>${cells}</tr>`
  })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion">
<thead><tr><td></td>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function cell(count: number, support: number, isRight: boolean): Html {
  const share = support === 0 ? 0 : count / support
  const ink = count === 0 ? 0 : Math.max(4, strongest * share)
  return html`<td class="${isRight ? 'right' : 'wrong'}" style="--ink-share: ${ink.toFixed(1)}%"><b>${count}</b><span class="quiet-share">${formatPercent(share)}</span></td>`
}

/** Squares for the cells that hold anything: a clean diagonal and a few specks are what one hopes for. */
function matrixGrid({ confusion, perClass }: Evaluation): Html {
  const classes = confusion.length
  const side = 600
  const step = side / classes
  const squares = confusion.flatMap((row, truth) =>
    row.flatMap((count, predicted) => {
      if (count === 0) return []
      const share = count / perClass[truth]!.support
      const place = { x: predicted * step, y: truth * step, width: step, height: step }
      const fill = truth === predicted ? 'var(--good)' : 'var(--bad)'
      return [element('rect', { ...place, fill, 'fill-opacity': (0.2 + 0.8 * share).toFixed(2) })]
    }),
  )
  const root = element(
    'svg',
    { viewBox: `0 0 ${side} ${side}`, width: side, height: side, 'aria-hidden': 'true' },
    ...squares,
  )
  const right = confusion.reduce((sum, row, truth) => sum + row[truth]!, 0)
  const total = confusion.flat().reduce((sum, count) => sum + count, 0)
  const description = `Confusion matrix of ${classes} classes: ${right} of ${total} pictures lie on the diagonal`
  return html`<figure class="card grid"><div role="img" aria-label="${description}">${trusted(toSvg(root))}</div>
<figcaption>${classes} rows and columns in the order of the classes; the stronger a square, the larger the share of its row.</figcaption></figure>`
}

/** The mistakes that happen most often, as a list. */
function commonest({ confusion, perClass }: Evaluation, classNames: readonly string[]): Html {
  const mistakes = confusion
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
  if (mistakes.length === 0) return html`<p>There is no mistake among them.</p>`
  const lines = mistakes
    .slice(0, confusionsShown)
    .map(
      ({ truth, predicted, count }) =>
        html`<li><b>${classNames[truth]}</b> taken for <b>${classNames[predicted]}</b>: ${count} of ${perClass[truth]!.support}</li>`,
    )
  return html`<h3>Commonest mistakes</h3><ol class="mistakes">${lines}</ol>
${mistakes.length > confusionsShown && html`<p class="quiet">and ${counted(mistakes.length - confusionsShown, 'rarer kind')} of mistake</p>`}`
}
