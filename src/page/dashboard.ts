/** The page that shows trainings while they go on; its program fills it in. */
import { pageDocument } from './document.ts'
import { html } from './html.ts'

/** The page's text. @param script the program `web/dashboard.page.ts` */
export function dashboardPage(script: string): string {
  return pageDocument({ title: 'Training - Graft', styles, script, connect: 'self', body })
}

const body = html`<header class="top">
<h1 id="title">Training</h1>
<p class="quiet"><span id="connection" role="status">Connecting</span></p>
</header>
<main>
<section id="overview" aria-labelledby="overview-title" hidden>
<h2 id="overview-title">Runs</h2>
<div class="two">
<div class="scroll card" tabindex="0" role="group" aria-label="All runs"><table id="runs"><caption class="visually-hidden">Runs, newest first; choose one to see it below</caption>
<thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col" class="number">Epochs</th><th scope="col" class="number">Accuracy</th></tr></thead>
<tbody></tbody></table></div>
<figure class="card plot" id="compared" aria-labelledby="compared-title"><figcaption id="compared-title">Validation accuracy of all runs</figcaption></figure>
</div>
</section>
<section id="run" aria-labelledby="run-title" hidden>
<div class="bar"><h2 id="run-title"></h2><p id="actions"></p></div>
<p class="quiet" id="about"></p>
<p id="state" role="status"></p>
<div id="progress"></div>
<div class="cards" id="figures"></div>
<div class="two">
<figure class="card plot" id="loss" aria-labelledby="loss-title"><figcaption id="loss-title">Loss</figcaption></figure>
<figure class="card plot" id="accuracy" aria-labelledby="accuracy-title"><figcaption id="accuracy-title">Accuracy</figcaption></figure>
</div>
<section id="watched" aria-labelledby="watched-title" hidden>
<h2 id="watched-title">What it says of images it does not learn from</h2>
<p class="quiet" id="watched-about"></p>
<ul class="wall" id="wall"></ul>
</section>
</section>
<p id="nothing" hidden></p>
</main>
<footer class="end"><p>Only this machine can see this page. It shows what lies in the run folders and keeps nothing.</p></footer>`

const styles = `
.two { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); margin-top: 1rem; align-items: start; }
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1.5rem; margin-top: 2rem; }
.bar h2, .bar p { margin: 0; }
.bar h2 { overflow-wrap: anywhere; }
.plot { margin: 0; min-width: 0; }
.plot figcaption { font-weight: 600; }
.plot svg { display: block; overflow: visible; font: inherit; font-size: 12px; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .25rem 0 .5rem; padding: 0; font-size: .8125rem; color: var(--quiet); }
.legend svg { display: inline-block; vertical-align: middle; margin-right: .375rem; }
#progress { margin: .75rem 0 1rem; }
#progress .meter { height: .75rem; }
#figures { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
#figures .card { padding: .75rem 1rem; }
#figures .figure { font-size: 1.375rem; white-space: nowrap; }
#runs { width: 100%; }
#runs th, #runs td { padding: .375rem .5rem; }
#runs td:first-child { overflow-wrap: anywhere; min-width: 6rem; }
#runs button { all: unset; cursor: pointer; color: var(--accent); text-decoration: underline; display: inline-block; min-height: 1.5rem; overflow-wrap: anywhere; }
#runs button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { #runs { font-size: .8125rem; } #runs th, #runs td { padding: .375rem .25rem; } }
#runs tr.chosen { background: var(--soft); }
#runs tr.chosen button { font-weight: 650; }
.swatch { display: inline-block; width: .75rem; height: .75rem; border-radius: 50%; margin-right: .5rem; }
.state { display: inline-block; border-radius: 1rem; padding: .0625rem .625rem; font-size: .8125rem; border: 1px solid var(--line); white-space: nowrap; }
.state.running, .state.stopping { background: var(--accent); color: var(--accent-ink); border-color: var(--accent); }
.state.failed, .state.interrupted { color: var(--bad); border-color: var(--bad); }
#wall { grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 30%), 1fr)); }
#wall figure { position: relative; }
.cell { width: 100%; aspect-ratio: 1; border-radius: .5rem; background-color: var(--line); background-repeat: no-repeat; }
.wrong .cell { outline: 3px solid var(--bad); outline-offset: -3px; }
.verdict { font-weight: 600; }
.changed { display: inline-block; background: var(--soft); border-radius: .25rem; padding: 0 .375rem; }
.spark { display: block; width: 100%; height: 1.75rem; background: var(--soft); border-radius: .25rem; margin-top: .25rem; }
`
