/** Figures of each class, and how many examples of it there are. */
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { wilsonInterval } from '../../evaluate/interval.ts'
import { type Html, html } from '../../page/html.ts'
import { formatCount, formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import type { ClassCount } from './types.ts'
import { percentInterval } from './words.ts'

/** The most rows that are shown at once; those of more classes are folded up, the hardest first. */
const shown = 15

/** Precision, recall, F1 and support of each class. */
export function classSection(evaluation: Evaluation, classNames: readonly string[], split: string): Html {
  const all = evaluation.perClass.map((figures, k) => ({ ...figures, name: classNames[k]! }))
  const isLong = all.length > shown
  const rows = (isLong ? all.toSorted((a, b) => a.f1 - b.f1) : all).map(
    ({ name, precision, recall, f1, support }) => html`<tr><th scope="row">${name}</th>
<td class="number">${formatPercent(precision)}</td><td class="number">${formatPercent(recall)}</td>
<td class="number quiet">${percentInterval(wilsonInterval(Math.round(recall * support), support), 0)}</td>
<td class="number">${f1.toFixed(3)}</td><td class="number">${formatCount(support)}</td></tr>`,
  )
  const table = (
    some: readonly Html[],
  ): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of each class"><table>
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th><th scope="col" class="number">Recall, 95% interval</th><th scope="col" class="number">F1</th><th scope="col" class="number">Examples</th></tr></thead>
<tbody>${some}</tbody></table></div>`
  return html`<section aria-labelledby="classes"><h2 id="classes">${isLong ? `The ${shown} hardest of ${formatCount(all.length)} classes` : 'Class by class'}</h2>
<p class="quiet">On the ${split} examples. Precision: of those called so, the share that is. Recall: of those that are, the share that was found. F1 is their harmonic mean.</p>
${table(rows.slice(0, isLong ? shown : rows.length))}
${isLong && html`<details><summary>The other ${counted(rows.length - shown, 'class', 'classes')}</summary>${table(rows.slice(shown))}</details>`}
</section>`
}

/** How many examples of each class the splits have. */
export function balanceSection(counts: readonly ClassCount[]): Html {
  const splits = (['train', 'validation', 'test'] as const).filter(split =>
    counts.some(row => row[split] > 0),
  )
  const most = Math.max(...counts.map(({ train }) => train))
  const least = Math.min(...counts.map(({ train }) => train))
  const sorted = counts.length > shown ? counts.toSorted((a, b) => b.train - a.train) : counts
  const rows = sorted.map(
    row => html`<tr><th scope="row">${row.name}</th>${splits.map(split => html`<td class="number">${formatCount(row[split])}</td>`)}
<td class="bar"><div class="meter" aria-hidden="true"><span style="width: ${((row.train / Math.max(1, most)) * 100).toFixed(1)}%"></span></div></td></tr>`,
  )
  const total = html`<tr><th scope="row">all</th>${splits.map(split => html`<td class="number">${formatCount(counts.reduce((sum, row) => sum + row[split], 0))}</td>`)}<td></td></tr>`
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Examples of each class"><table>
<thead><tr><th scope="col">Class</th>${splits.map(split => html`<th scope="col" class="number">${split}</th>`)}<td></td></tr></thead>
<tbody>${rows}</tbody><tfoot>${total}</tfoot></table></div>`
  return html`<section aria-labelledby="balance"><h2 id="balance">What it learned from</h2>
<p>${balanceWords(most, least)}</p>
${counts.length > shown ? html`<details><summary>Examples of all ${formatCount(counts.length)} classes</summary>${table}</details>` : table}
</section>`
}

function balanceWords(most: number, least: number): string {
  if (least === most) return `Every class has ${counted(most, 'training example')}.`
  const ratio = most / Math.max(1, least)
  const words = `The commonest class has ${counted(most, 'training example')}, the rarest ${formatCount(least)}.`
  return ratio < 3
    ? words
    : `${words} A class that is rare in training is the first to be missed: compare its recall above, and see --class-weights.`
}
