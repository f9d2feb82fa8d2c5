/** The inspection as a page: what was found, with pictures, in one file that runs no program. */
import { pageDocument } from '../page/document.ts'
import { type Html, html } from '../page/html.ts'
import { encodeJpeg } from '../pipeline/decode-sharp.ts'
import { formatCount, formatPercent } from '../util/format.ts'
import { counted } from '../util/words.ts'
import { byKind, mostShown } from './shown.ts'
import type { Survey } from './survey.ts'
import type { Thumbnail } from './thumbnails.ts'
import { type Finding, type FindingKind, findingTitles } from './types.ts'

export interface InspectionPage extends Survey {
  readonly name: string
  readonly images: number
  readonly classes: readonly { readonly name: string; readonly total: number }[]
  readonly backbone: string
}

/** What each kind means for training, and what to do about it. */
const advice: Readonly<Record<FindingKind, string>> = {
  unreadable: 'Training leaves them out, and refuses to start where they are more than 1% of all files.',
  'conflicting-labels': 'At most one of the labels is right. Keep that one, and exclude or move the other.',
  leakage:
    'A classifier that has seen a test picture is measured on its memory. Exclude the copy in training.',
  'wrong-label':
    'A network that did not learn from these pictures gives them another class. Some are hard rather than wrong: look before you move them.',
  'label-typo': 'If they are one class, give them one name: as two, they are learned as different things.',
  'exact-duplicate': 'The same bytes twice. One copy is enough; more count for more in training.',
  'near-duplicate':
    'The same picture in another size, quality or mirrored. Training keeps them on one side of a split that it draws.',
  misnamed: 'Read by their content all the same. Other programs may refuse them.',
  blank: 'One plain colour: there is nothing to learn from.',
  dark: 'So dark that little can be told.',
  blurred: 'Far less detail than the other pictures have.',
  tiny: 'Shown to the network much enlarged.',
  outlier: 'Far from all other pictures in what the network sees: perhaps something else got in.',
  'class-imbalance': 'Large classes are learned better than small ones.',
}

/** The page's text. */
export async function inspectionPage(page: InspectionPage): Promise<string> {
  const pictures = await picturesOf(page.thumbnails)
  const kinds = byKind(page.findings)
  return pageDocument({
    title: `Inspection of ${page.name} - Graft`,
    styles,
    body: html`<header class="top"><h1>${page.name}</h1>
<p class="quiet">Inspection of ${counted(page.images, 'image')} in ${counted(page.classes.length, 'class', 'classes')}. The label under a picture is the one that the data gives it.</p></header>
<main>${cards(page)}${contents(kinds)}
${kinds.size === 0 && html`<p>Nothing was found that needs a look.</p>`}
${[...kinds].map(([kind, findings]) => section(kind, findings, pictures))}
${classTable(page)}</main>
<footer class="end"><p>All findings are in findings.csv beside this page. Set the column "action" to "exclude" where a picture should go, then: graft train DATA --exclude findings.csv</p>
<p>Looked at by ${page.backbone}. Labels: confident learning on predictions out of fold.</p></footer>`,
  })
}

function cards({ findings, images, agreement }: InspectionPage): Html {
  const count = (severity: Finding['severity']): number =>
    findings.filter(finding => finding.severity === severity).length
  const card = (figure: string, words: string): Html =>
    html`<div class="card"><div class="figure">${figure}</div><div class="quiet">${words}</div></div>`
  return html`<div class="cards">${card(formatCount(images), 'images')}
${card(formatCount(count('error')), 'errors: they spoil training or its figures')}
${card(formatCount(count('warning')), 'warnings: look at them')}
${card(formatCount(count('note')), 'notes')}
${agreement !== null && card(formatPercent(agreement), 'of the labels confirmed by a network that did not learn from them')}</div>`
}

function contents(kinds: ReadonlyMap<FindingKind, readonly Finding[]>): Html | false {
  if (kinds.size < 2) return false
  const link = ([kind, findings]: readonly [FindingKind, readonly Finding[]]): Html =>
    html`<li><a href="#${kind}">${findingTitles[kind]}</a> <span class="quiet">${formatCount(findings.length)}</span></li>`
  return html`<nav aria-label="Findings"><ul class="contents">${[...kinds].map(link)}</ul></nav>`
}

function section(
  kind: FindingKind,
  findings: readonly Finding[],
  pictures: ReadonlyMap<string, string>,
): Html {
  const shown = findings.slice(0, mostShown)
  const more = findings.length - shown.length
  const hasPictures = shown.some(({ id }) => id !== null && pictures.has(id))
  const show = (finding: Finding): Html => (hasPictures ? figureOf(finding, pictures) : lineOf(finding))
  return html`<section aria-labelledby="${kind}"><h2 id="${kind}">${findingTitles[kind]} <span class="quiet">${formatCount(findings.length)}</span></h2>
<p>${advice[kind]}</p>
<ul class="${hasPictures ? 'wall pairs' : 'lines'}">${shown.map(show)}</ul>
${more > 0 && html`<p class="quiet">and ${formatCount(more)} more in findings.csv</p>`}</section>`
}

/** The picture, beside the one that it is about; the caption says all, so the pictures themselves are silent. */
function figureOf(
  { id, label, related, suggestion, score }: Finding,
  pictures: ReadonlyMap<string, string>,
): Html {
  const image = (name: string | null): Html | false =>
    name !== null && pictures.has(name) && html`<img src="${pictures.get(name)}" alt="" loading="lazy">`
  const isPair = related !== null && pictures.has(related)
  return html`<li${isPair && html` class="pair"`}><figure><div class="row">${image(id)}${image(related)}</div>
<figcaption><b>${label ?? 'no label'}</b>${score !== null && html` <span class="quiet">${formatPercent(score, 0)}</span>`}<br>${suggestion}<br><span class="quiet">${id}${isPair && html` and ${related}`}</span></figcaption></figure></li>`
}

function lineOf({ id, label, suggestion }: Finding): Html {
  return html`<li><b>${id ?? label}</b>: ${suggestion}</li>`
}

function classTable({ classes, images }: InspectionPage): Html | false {
  if (classes.length === 0) return false
  const row = ({ name, total }: { name: string; total: number }): Html =>
    html`<tr><th scope="row">${name}</th><td class="number">${formatCount(total)}</td><td class="number">${formatPercent(total / Math.max(1, images))}</td></tr>`
  return html`<section aria-labelledby="classes"><h2 id="classes">Classes</h2><div class="scroll" role="group" aria-label="Table of classes" tabindex="0"><table>
<thead><tr><th scope="col">class</th><th scope="col" class="number">images</th><th scope="col" class="number">share</th></tr></thead>
<tbody>${classes.map(row)}</tbody></table></div></section>`
}

async function picturesOf(thumbnails: ReadonlyMap<string, Thumbnail>): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>()
  for (const { id, pixels, size } of thumbnails.values()) {
    const jpeg = await encodeJpeg({ width: size, height: size, data: pixels })
    pictures.set(id, `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`)
  }
  return pictures
}

const styles = `
.contents { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; margin: 1.5rem 0 0; }
h2 .quiet { font-weight: 400; font-variant-numeric: tabular-nums; }
.pairs .pair { grid-column: span 2; }
.row { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .25rem; }
.lines { margin: .5rem 0; padding-left: 1.25rem; overflow-wrap: anywhere; }
figcaption b { overflow-wrap: anywhere; }
`
