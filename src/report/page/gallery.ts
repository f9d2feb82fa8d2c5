/** Pictures to look at: the surest mistakes and the closest calls, with what the network looked at. */
import { type Html, html } from '../../page/html.ts'
import { formatPercent } from '../../util/format.ts'
import { listed } from '../../util/words.ts'
import type { Exhibit, Gallery } from './types.ts'

/** Classes that are named under a picture. */
const named = 3

export function gallerySection({ wrong, uncertain, missing }: Gallery, classNames: readonly string[]): Html {
  if (wrong.length + uncertain.length === 0) return html``
  const hasHeat = [...wrong, ...uncertain].some(({ heat }) => heat !== null)
  return html`<section aria-labelledby="pictures"><h2 id="pictures">Look at the pictures</h2>
${
  hasHeat &&
  html`<p class="switch"><input type="checkbox" id="heat-on"><label for="heat-on">Show where it looked</label></p>
<p class="quiet after-switch">From violet to yellow: what spoke for the answer (Grad-CAM). Look for pictures where it looks at the ground and not at the thing.</p>`
}
${missing.length > 0 && html`<p class="warn">${missing.length} of the pictures cannot be shown, as their files are not where they were: ${listed(missing)}.</p>`}
${wall('Most wrong', 'The surest of its mistakes. Some may be labelled wrongly: look at them first.', wrong, classNames)}
${wall('Most uncertain', 'The closest calls, right or wrong. More pictures like these teach it most.', uncertain, classNames)}
</section>`
}

function wall(
  title: string,
  words: string,
  exhibits: readonly Exhibit[],
  classNames: readonly string[],
): Html | null {
  if (exhibits.length === 0)
    return title === 'Most wrong' ? html`<h3>${title}</h3><p>There is no mistake among them.</p>` : null
  return html`<h3>${title}</h3><p class="quiet">${words}</p>
<ul class="wall">${exhibits.map(exhibit => html`<li>${pictureOf(exhibit, classNames)}</li>`)}</ul>`
}

function pictureOf(
  { id, label, predicted, probabilities, picture, heat }: Exhibit,
  classNames: readonly string[],
): Html {
  const isRight = label === predicted
  const best = Array.from(probabilities, (share, k) => ({ share, k }))
    .sort((a, b) => b.share - a.share)
    .slice(0, named)
  const shares = best.map(
    ({ share, k }) =>
      html`<span class="share"><span>${classNames[k]}</span><span>${formatPercent(share)}</span></span>`,
  )
  const words = `${classNames[label]}, ${isRight ? 'recognised' : `taken for ${classNames[predicted]}`}`
  return html`<figure><div class="frame">${
    picture === null
      ? html`<div class="absent quiet">no picture</div>`
      : html`<img src="${picture}" alt="${words}">${heat !== null && html`<img class="heat" src="${heat}" alt="">`}`
  }</div>
<figcaption><b class="${isRight ? 'good' : 'bad'}">${isRight ? `${classNames[label]}, right` : `is ${classNames[label]}`}</b>
${shares}<span class="quiet id">${id}</span></figcaption></figure>`
}
