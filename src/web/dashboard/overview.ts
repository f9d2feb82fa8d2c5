/** All runs in one table and one chart, where there are several. */
import type { RunView } from '../../page/dashboard-types.ts'
import { formatPercent } from '../../util/format.ts'
import { byId, element } from '../elements.ts'
import { drawCompared, runColour } from './charts.ts'
import { bestOf, statusWords } from './words.ts'

/** @param choose called with the id of the run that the user wants to see */
export function showOverview(
  runs: readonly RunView[],
  chosen: string | null,
  choose: (id: string) => void,
): void {
  const overview = byId('overview', HTMLElement)
  overview.hidden = runs.length < 2
  if (overview.hidden) return
  const body = byId('runs', HTMLTableElement).tBodies[0]!
  const focused = document.activeElement?.getAttribute('data-run')
  body.replaceChildren(...runs.map((run, place) => row(run, place, run.id === chosen, choose)))
  if (focused != null)
    [...body.querySelectorAll('button')].find(button => button.getAttribute('data-run') === focused)?.focus()
  drawCompared(byId('compared', HTMLElement), runs)
}

function row(run: RunView, place: number, isChosen: boolean, choose: (id: string) => void): HTMLElement {
  const swatch = element('span', { className: 'swatch', ariaHidden: 'true' })
  swatch.style.background = runColour(place)
  const button = element('button', { type: 'button', onclick: () => choose(run.id) }, run.id)
  button.setAttribute('data-run', run.id)
  if (isChosen) button.setAttribute('aria-current', 'true')
  const best = bestOf(run)?.validationAccuracy
  const number = (text: string): HTMLElement => element('td', { className: 'number' }, text)
  return element(
    'tr',
    { className: isChosen ? 'chosen' : '' },
    element('td', {}, swatch, button),
    element('td', {}, stateBadge(run)),
    number(String(run.epochs.at(-1)?.epoch ?? 0)),
    number(best == null ? '–' : formatPercent(best)),
  )
}

export function stateBadge({ status }: RunView): HTMLElement {
  return element('span', { className: `state ${status}` }, statusWords[status])
}
