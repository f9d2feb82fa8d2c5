/** One figure, large, with its name above and what to make of it below. */
import { type Html, html } from '../../page/html.ts'

export function figureCard(label: string, figure: string, below: Html): Html {
  return html`<div class="card"><div class="quiet">${label}</div><div class="figure">${figure}</div>${below}</div>`
}

/** A few words below a figure. */
export function note(text: string): Html {
  return html`<div class="quiet small">${text}</div>`
}
