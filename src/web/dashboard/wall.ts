/** The wall of watched images: each with what it is taken for, and how that came about. */
import type { RunView, Watched, WatchedView } from '../../page/dashboard-types.ts'
import { formatPercent } from '../../util/format.ts'
import { byId, element } from '../elements.ts'
import { addressOf } from './connection.ts'

/** Fills the wall in. */
export function showWall({ id, watched }: RunView): void {
  byId('watched', HTMLElement).hidden = watched === null
  if (watched === null) return
  const right = watched.examples.filter(({ label, predicted }) => label === predicted).length
  const changed = watched.examples.filter(({ before }) => before !== null).length
  byId('watched-about', HTMLElement).textContent =
    `After epoch ${watched.epoch}, ${right} of these ${watched.examples.length} are right; ${changed} changed with this epoch. ` +
    'The lines show how probable it found the true class, epoch by epoch.'
  byId('wall', HTMLElement).replaceChildren(...watched.examples.map((_, at) => card(id, watched, at)))
}

function card(run: string, watched: Watched, at: number): HTMLElement {
  const example = watched.examples[at]!
  const isRight = example.label === example.predicted
  const caption = element('figcaption', {}, ...verdict(example, isRight), spark(example))
  const picture = watched.columns === null ? [] : [cell(run, watched, watched.columns, at)]
  return element('li', { className: isRight ? '' : 'wrong' }, element('figure', {}, ...picture, caption))
}

function verdict({ label, predicted, before, score }: WatchedView, isRight: boolean): HTMLElement[] {
  const answer = element(
    'span',
    { className: `verdict ${isRight ? 'good' : 'bad'}` },
    `${isRight ? '✓' : '✗'} ${predicted}`,
  )
  const lines = [element('div', {}, answer, ` ${formatPercent(score, 0)}`)]
  if (!isRight) lines.push(element('div', {}, `in truth ${label}`))
  if (before !== null)
    lines.push(element('div', {}, element('span', { className: 'changed' }, `was ${before}`)))
  return lines
}

/** One picture of the sheet, scaled with the page: percentages of a background count what is left over. */
function cell(run: string, { examples }: Watched, columns: number, at: number): HTMLElement {
  const rows = Math.ceil(examples.length / columns)
  const share = (place: number, places: number): string => `${places < 2 ? 0 : (place / (places - 1)) * 100}%`
  const made = element('div', { className: 'cell', role: 'img', ariaLabel: examples[at]!.id })
  made.style.backgroundImage = `url("${addressOf(run, 'watched.jpg')}")`
  made.style.backgroundSize = `${columns * 100}% ${rows * 100}%`
  made.style.backgroundPosition = `${share(at % columns, columns)} ${share(Math.floor(at / columns), rows)}`
  return made
}

const namespace = 'http://www.w3.org/2000/svg'

/** The true class's probability over the epochs, from 0 at the bottom to 1 at the top. */
function spark({ history }: WatchedView): SVGElement {
  const svg = document.createElementNS(namespace, 'svg')
  const line = document.createElementNS(namespace, 'polyline')
  const width = Math.max(1, history.length - 1)
  const points = history.length === 1 ? [history[0]!, history[0]!] : history
  line.setAttribute('points', points.map((share, at) => `${at},${1 - share}`).join(' '))
  line.setAttribute('vector-effect', 'non-scaling-stroke')
  Object.assign(line.style, { fill: 'none', stroke: 'var(--series-2)', strokeWidth: '1.5' })
  svg.setAttribute('class', 'spark')
  svg.setAttribute('viewBox', `0 -0.05 ${width} 1.1`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('role', 'img')
  const [first, last] = [history[0] ?? 0, history.at(-1) ?? 0]
  svg.setAttribute(
    'aria-label',
    `probability of the true class from ${formatPercent(first, 0)} to ${formatPercent(last, 0)}`,
  )
  svg.append(line)
  return svg
}
