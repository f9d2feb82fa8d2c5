/** How every page looks: one style sheet for the report, the dashboard, the try-it page and the inspection. */

/** Colours by role, light and dark; everything else is in these terms. Contrast is at least 4.5 to 1. */
const colours = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --card: #ffffff; --ink: #1d211c; --quiet: #5c6459; --line: #dedfd7;
  --accent: #2b6a3f; --accent-ink: #ffffff; --soft: #e6efe4; --good: #2b6a3f; --bad: #a8321f; --warn: #8a5a00;
  --series-1: #2b6a3f; --series-2: #b2521b; --series-3: #2d5f9a; --series-4: #7d4a94;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141713; --card: #1c201b; --ink: #e9ece5; --quiet: #a5ada0; --line: #363c34;
    --accent: #86c795; --accent-ink: #10200f; --soft: #25331f; --good: #86c795; --bad: #f0907c; --warn: #e3b55c;
    --series-1: #86c795; --series-2: #eba06b; --series-3: #8db8ea; --series-4: #c9a1dc;
  }
}`

const basics = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, header.top, footer.end { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header.top { padding-top: 1.75rem; }
footer.end { padding-top: 2rem; padding-bottom: 2.5rem; color: var(--quiet); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
code, pre, kbd { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
img, svg, canvas, video { max-width: 100%; height: auto; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
@media print { body { background: #fff; } .card { break-inside: avoid; } }`

const parts = `
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.125rem; }
.figure { font-size: 2rem; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .375rem; }
th, td { padding: .375rem .75rem; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
th.number, td.number { text-align: right; }
button, .button {
  font: inherit; font-weight: 600; border: 1px solid var(--accent); border-radius: .5rem; padding: .5rem 1rem;
  background: var(--accent); color: var(--accent-ink); cursor: pointer; text-decoration: none; min-height: 2.75rem;
}
button.plain, .button.plain { background: transparent; color: var(--accent); }
button:disabled { opacity: .55; cursor: default; }
.wall { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); padding: 0; margin: 0; list-style: none; }
.wall figure { margin: 0; } .wall img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: .5rem; background: var(--line); display: block; }
.wall figcaption { font-size: .8125rem; line-height: 1.35; padding-top: .375rem; overflow-wrap: anywhere; }
.meter { height: .5rem; border-radius: .25rem; background: var(--soft); overflow: hidden; }
.meter > span { display: block; height: 100%; background: var(--accent); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }`

/** The style sheet. */
export const theme: string = `${colours}\n${basics}\n${parts}\n`
