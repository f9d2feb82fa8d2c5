/** One run in full: how far it is, its figures, its curves and its wall. */
import type { RunView } from '../../page/dashboard-types.ts'
import { formatPercent } from '../../util/format.ts'
import { byId, element } from '../elements.ts'
import { drawAccuracy, drawLoss } from './charts.ts'
import { addressOf, askToStop } from './connection.ts'
import { stateBadge } from './overview.ts'
import { showWall } from './wall.ts'
import { aboutWords, figuresOf, isOver, shareDone, stateSentence } from './words.ts'

/** What was drawn last, so that nothing is drawn again in vain. */
const drawn = new Map<string, string>()

/** @param now milliseconds since 1970 */
export function showRun(run: RunView, now: number): void {
  byId('run', HTMLElement).hidden = false
  once('heading', [run.id, run.status], () =>
    byId('run-title', HTMLElement).replaceChildren(run.id, ' ', stateBadge(run)),
  )
  once('about', run.id + aboutWords(run), () => (byId('about', HTMLElement).textContent = aboutWords(run)))
  once(
    'state',
    [run.id, run.status, run.message, run.activity?.stage, run.activity?.phase, run.hasReport],
    () => showState(run),
  )
  showProgress(run)
  showFigures(run, now)
  const width = byId('loss', HTMLElement).clientWidth
  once('charts', [run.id, width, run.curve, run.epochs, run.status], () => {
    drawLoss(byId('loss', HTMLElement), run)
    drawAccuracy(byId('accuracy', HTMLElement), run)
  })
  once('wall', [run.id, run.watched], () => showWall(run))
}

/** Does what is to be done when the value is another than the last time. */
function once(name: string, value: unknown, act: () => void): void {
  const text = JSON.stringify(value)
  if (drawn.get(name) === text) return
  drawn.set(name, text)
  act()
}

function showState(run: RunView): void {
  const state = byId('state', HTMLElement)
  state.className = run.status === 'failed' ? 'bad' : ''
  state.textContent = stateSentence(run)
  const actions = byId('actions', HTMLElement)
  actions.replaceChildren(...(isOver(run) ? reportLink(run) : [stopButton(run)]))
}

function reportLink({ id, hasReport }: RunView): HTMLElement[] {
  if (!hasReport) return []
  return [element('a', { className: 'button', href: addressOf(id, 'report.html') }, 'Open the report')]
}

function stopButton(run: RunView): HTMLElement {
  const isStopping = run.status === 'stopping'
  const button = element(
    'button',
    { type: 'button', className: 'plain', disabled: isStopping },
    isStopping ? 'Stopping' : 'Stop',
  )
  button.addEventListener('click', async () => {
    button.disabled = true
    const problem = await askToStop(run.id)
    if (problem === null) return
    button.disabled = false
    byId('state', HTMLElement).textContent = `It could not be stopped: ${problem}`
  })
  return button
}

function showProgress(run: RunView): void {
  const share = shareDone(run)
  const place = byId('progress', HTMLElement)
  place.hidden = share === null || isOver(run)
  if (share === null) return
  const meter =
    place.querySelector('.meter') ??
    element('div', { className: 'meter', role: 'progressbar', ariaLabel: 'Training' }, element('span'))
  if (!meter.isConnected) place.replaceChildren(meter)
  meter.setAttribute('aria-valuenow', String(Math.round(share * 100)))
  meter.setAttribute('aria-valuetext', formatPercent(share, 0))
  ;(meter.firstElementChild as HTMLElement).style.width = `${share * 100}%`
}

function showFigures(run: RunView, now: number): void {
  const figures = figuresOf(run, now)
  once('figures', figures, () =>
    byId('figures', HTMLElement).replaceChildren(
      ...figures.map(([name, value]) =>
        element(
          'div',
          { className: 'card' },
          element('div', { className: 'figure' }, value),
          element('div', { className: 'quiet' }, name),
        ),
      ),
    ),
  )
}
