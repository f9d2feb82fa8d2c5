/** What the report adds to the theme. */
export const reportStyles: string = `
main { overflow-wrap: break-word; }
.small { font-size: .8125rem; }
.cards.figures { gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(10.25rem, 45%), 1fr)); }
.charts .cards.figures { grid-template-columns: 1fr 1fr; }
.figures .figure { font-size: 1.75rem; }
.interval { position: relative; height: .5rem; margin: .625rem 0 .375rem; border-radius: .25rem; background: var(--soft); }
.interval .range { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: .25rem; background: var(--accent); opacity: .55; }
.interval .tick { position: absolute; top: -.1875rem; bottom: -.1875rem; width: 3px; margin-left: -1.5px; border-radius: 2px; background: var(--ink); }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); align-items: start; }
figure.chart, figure.grid { margin: 0; }
.chart h3, .charts .card h3 { margin: 0 0 .25rem; }
.chart svg { display: block; width: 100%; fill: currentColor; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; font-variant-numeric: tabular-nums; }
.chart figcaption, .grid figcaption { color: var(--quiet); font-size: .875rem; margin-top: .5rem; }
.grid { max-width: 40rem; } .grid svg { display: block; width: 100%; background: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: .125rem 1.125rem; list-style: none; margin: 0 0 .25rem; padding: 0; font-size: .875rem; }
.legend li { display: flex; align-items: center; gap: .5rem; min-width: 0; overflow-wrap: anywhere; }
.swatch { flex: none; width: 1.25rem; height: 0; border-top: 3px solid var(--swatch); border-radius: 2px; }
.swatch.dashed { border-top-style: dashed; border-top-width: 2px; border-radius: 0; }
.confusion td { text-align: right; min-width: 5rem; } .confusion thead th { vertical-align: bottom; max-width: 12rem; overflow-wrap: anywhere; }
.confusion td.right { background: color-mix(in srgb, var(--good) var(--ink-share), var(--card)); }
.confusion td.wrong { background: color-mix(in srgb, var(--bad) var(--ink-share), var(--card)); }
.confusion b { display: block; } .quiet-share { font-size: .8125rem; }
.mistakes { padding-left: 1.5rem; columns: 22rem auto; } .mistakes li { overflow-wrap: anywhere; }
.runs td:nth-child(2), .runs td:nth-child(3) { min-width: 14rem; } .runs td.number { white-space: normal; } .runs tbody th { min-width: 6rem; } .runs th .swatch { display: inline-block; vertical-align: middle; }
tr.kept { background: var(--soft); } tfoot th, tfoot td { border-bottom: 0; font-weight: 600; }
td.number { white-space: nowrap; }
td.bar { min-width: 8rem; vertical-align: middle; }
.facts td { overflow-wrap: anywhere; min-width: 12rem; } .facts th { white-space: nowrap; }
details { margin: 1rem 0; } summary { cursor: pointer; font-weight: 600; padding: .5rem 0; min-height: 2.75rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.wall { grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 44%), 1fr)); }
.frame { position: relative; border-radius: .5rem; overflow: hidden; aspect-ratio: 1; background: var(--line); }
.frame .heat { position: absolute; inset: 0; height: 100%; object-fit: fill; background: none; opacity: 0; transition: opacity .2s; }
section:has(#heat-on:checked) .frame .heat { opacity: 1; }
@media (max-width: 30rem) { .chart svg { font-size: 17px; } .chart.card { padding: .75rem; } }
.absent { display: grid; place-items: center; height: 100%; background: var(--card); border: 1px dashed var(--line); border-radius: .5rem; }
.switch { display: flex; align-items: center; gap: .625rem; margin-bottom: 0; }
.switch input { width: 1.25rem; height: 1.25rem; accent-color: var(--accent); margin: 0; } .switch label { font-weight: 600; padding: .5rem 0; cursor: pointer; }
.after-switch { margin-top: 0; }
.share { display: flex; justify-content: space-between; gap: .5rem; font-variant-numeric: tabular-nums; } .id { display: block; }
`
