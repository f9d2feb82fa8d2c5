/** The page on which a classifier is tried: whether a server answers or the browser itself, it looks the same. */
import { pageDocument } from './document.ts'
import { type Html, html } from './html.ts'

export interface TryPage {
  /** The classifier's name. */
  readonly title: string
  readonly classNames: readonly string[]
  /** How pictures become the network's square. */
  readonly fit: 'squash' | 'pad' | 'crop'
  /** Whether heat maps can be had. */
  readonly explains: boolean
  /** What happens to the pictures, in a sentence. */
  readonly privacy: string
  /** A program of `web/`, which calls `startTry`. */
  readonly script: string
  readonly connect: 'none' | 'self'
  /** More for the footer. */
  readonly footer?: Html
  /** More data for the program, beside `fit` and `explains`. */
  readonly data?: Readonly<Record<string, unknown>>
  /** More sources for the page's policy. */
  readonly policy?: Readonly<Record<string, string>>
}

/** Class names that are listed; of more, the number is given. */
const mostNames = 12

/** The page's text. */
export function tryPage(page: TryPage): string {
  const { title, fit, explains, script, connect, policy, data } = page
  return pageDocument({
    title: `${title} - Graft`,
    styles,
    script,
    connect,
    data: { fit, explains, ...data },
    ...(policy === undefined ? {} : { policy }),
    body: html`${header(page)}
<main>
${give}
${camera}
${answers(explains)}
</main>
<footer class="end"><p>${page.privacy}</p>${page.footer}</footer>`,
  })
}

function header({ title, classNames }: TryPage): Html {
  const more = classNames.length - mostNames
  const names = classNames.slice(0, more > 1 ? mostNames : classNames.length)
  const chips = names.map(name => html`<li>${name}</li>`)
  return html`<header class="top">
<h1>${title}</h1>
<p class="quiet">A classifier of ${classNames.length} classes. Give it a picture and see what it says.</p>
<ul class="chips" aria-label="Classes">${chips}${more > 1 && html`<li class="quiet">and ${more} more</li>`}</ul>
</header>`
}

const give = html`<section class="card give" id="give" aria-label="Give pictures">
<p class="lead">Drop pictures here, paste them, or</p>
<p class="buttons"><button type="button" id="choose">Choose pictures</button>
<button type="button" class="plain" id="camera">Use the camera</button></p>
<input type="file" id="files" accept="image/*" multiple hidden>
</section>
<p class="visually-hidden" role="status" id="status"></p>`

const camera = html`<section class="card camera" id="camera-panel" aria-label="Camera" hidden>
<video id="video" playsinline muted hidden></video>
<div class="beside"><div id="camera-outcome"></div>
<p class="buttons"><button type="button" id="take" hidden>Take a picture</button></p></div>
</section>`

function answers(explains: boolean): Html {
  return html`<section id="answers" aria-labelledby="answers-title" hidden>
<div class="bar"><h2 id="answers-title">Answers</h2>
<label class="switch"${!explains && html` hidden`}><input type="checkbox" id="where"> Show where it looked</label></div>
<ol class="answer-list" id="answer-list"></ol>
</section>`
}

const styles = `
.chips { display: flex; flex-wrap: wrap; gap: .375rem; list-style: none; margin: .75rem 0 1.25rem; padding: 0; }
.chips li { border: 1px solid var(--line); border-radius: 1rem; padding: .0625rem .75rem; font-size: .875rem; overflow-wrap: anywhere; background: var(--card); }
.give { text-align: center; border: 2px dashed var(--line); padding: 2.25rem 1rem; }
.give.over { border-color: var(--accent); background: var(--soft); }
.give p { margin: .5rem auto; }
.lead { font-size: 1.125rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: center; }
.camera { margin-top: 1rem; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); align-items: start; }
.camera[hidden] { display: none; }
.camera video { width: 100%; border-radius: .5rem; background: var(--line); }
.camera .buttons { justify-content: start; }
.bar { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1.5rem; margin-top: 2rem; }
.bar h2 { margin: 0 0 .75rem; }
.switch { display: inline-flex; align-items: center; gap: .5rem; min-height: 2.75rem; cursor: pointer; }
.switch[hidden] { display: none; }
.switch input { width: 1.25rem; height: 1.25rem; accent-color: var(--accent); }
.answer-list { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); list-style: none; margin: 0; padding: 0; align-items: start; }
.answer h3 { margin: .75rem 0 .25rem; font-size: .875rem; font-weight: 500; color: var(--quiet); overflow-wrap: anywhere; }
.outcome { min-height: 3rem; }
.picture { display: grid; place-items: center; min-height: 6rem; border-radius: .5rem; background: var(--soft); overflow: hidden; }
.picture p { margin: 1rem; text-align: center; }
.frame { position: relative; overflow: hidden; }
.frame img { display: block; max-height: 20rem; }
.heat { position: absolute; max-width: none; pointer-events: none; transition: opacity .2s; }
.no-heat .heat { opacity: 0; }
.scores { list-style: none; margin: 0; padding: 0; }
.scores li { display: grid; grid-template-columns: 1fr auto; gap: .125rem 1rem; margin: .5rem 0; }
.scores li:first-child { font-weight: 650; }
.scores .label { overflow-wrap: anywhere; min-width: 0; }
.scores .share { font-variant-numeric: tabular-nums; }
.scores .meter { grid-column: 1 / -1; }
.doubtful { color: var(--quiet); }
.doubtful .meter > span { background: var(--quiet); }
.unknown { font-weight: 650; }
`
