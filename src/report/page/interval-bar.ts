/** An interval as people see it at a glance. */
import type { Interval } from '../../evaluate/interval.ts'
import { type Html, html } from '../../page/html.ts'

/** The interval as a bar on 0..1, with the figure as a tick, and in words. */
export function intervalBar({ low, high }: Interval, value: number, words: string): Html {
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`
  return html`<div class="interval" aria-hidden="true"><span class="range" style="left: ${percent(low)}; width: ${percent(high - low)}"></span><span class="tick" style="left: ${percent(value)}"></span></div>
<div class="quiet small">95% interval ${words}</div>`
}
