/** Probabilities as bars, the most probable first. */
import type { Prediction } from '../../bundle/ranking.ts'
import { element } from '../elements.ts'
import type { TryAnswer } from './types.ts'

/** `99.4%`; what is nearly certain never reads as certain. */
export function percent(score: number): string {
  const text = (score * 100).toFixed(1)
  if (score < 1 && text === '100.0') return '>99.9%'
  return score > 0 && text === '0.0' ? '<0.1%' : `${text}%`
}

/** An answer in a few words, for those who hear the page. */
export function spoken(answer: TryAnswer): string {
  const [best] = answer.predictions
  if (best === undefined) return 'no answer'
  return isUnknown(answer) ? `unknown, nearest ${best.label}` : `${best.label}, ${percent(best.score)}`
}

function isUnknown({ unknown, predictions: [best] }: TryAnswer): boolean {
  return unknown ?? best?.unknown ?? false
}

/** The list of an answer's classes. */
export function scoreList(answer: TryAnswer): HTMLElement {
  const isDoubtful = isUnknown(answer)
  const className = isDoubtful ? 'scores doubtful' : 'scores'
  const list = element('ol', { className }, ...answer.predictions.map(scoreLine))
  if (!isDoubtful) return list
  const note = element(
    'p',
    { className: 'warn unknown' },
    'Unknown: it is like nothing that was shown in training',
  )
  return element('div', {}, note, list)
}

function scoreLine({ label, score }: Prediction): HTMLElement {
  const bar = element('span')
  bar.style.width = `${Math.max(0, Math.min(1, score)) * 100}%`
  const meter = element('span', { className: 'meter', ariaHidden: 'true' }, bar)
  const name = element('span', { className: 'label' }, label)
  return element('li', {}, name, element('span', { className: 'share' }, percent(score)), meter)
}
