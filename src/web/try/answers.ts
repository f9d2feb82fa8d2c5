/** The pictures that were given and what became of each, the newest first. */
import { byId, element } from '../elements.ts'
import { complaint, messageOf } from './complaint.ts'
import { type Picture, pictureOf } from './picture.ts'
import { scoreList, spoken } from './scores.ts'
import type { Classify, TryAnswer, TryModel } from './types.ts'

/** More would fill the memory of a small device. */
const mostCards = 48
/** Pictures that are asked about at once. */
const width = 4
const top = 5

/** The part of the page with the answers. */
export interface Answers {
  /** Puts a picture at the head of the list, and its answer once that is there. */
  add(image: Blob, name: string): void
  /** Shows or hides heat maps; they are asked for when they are to be seen, since they cost as much as the answers. */
  showHeat(isShown: boolean): void
}

/** One picture on the page. */
interface Card {
  readonly element: HTMLElement
  readonly image: Blob
  readonly name: string
  readonly picture: Picture
  readonly outcome: HTMLElement
  /** Whether its heat map was asked for, or cannot be had. */
  isExplained: boolean
}

export function openAnswers(classify: Classify, model: TryModel): Answers {
  const section = byId('answers', HTMLElement)
  const list = byId('answer-list', HTMLOListElement)
  const status = byId('status', HTMLElement)
  const cards: Card[] = []
  const inTurn = limited(width)
  let isHeatShown = false

  const place = (card: Card): void => {
    section.hidden = false
    list.prepend(card.element)
    cards.push(card)
    if (cards.length <= mostCards) return
    const oldest = cards.shift()!
    oldest.element.remove()
    oldest.picture.close()
  }

  const ask = async (card: Card): Promise<TryAnswer> => {
    const heatmap = isHeatShown && !card.isExplained
    card.isExplained ||= heatmap
    const answer = await classify(card.image, { top, heatmap })
    if (answer.heatmap) card.picture.cover(answer.heatmap)
    return answer
  }

  const answer = async (card: Card): Promise<void> => {
    const { name, outcome } = card
    try {
      const found = await ask(card)
      outcome.replaceChildren(scoreList(found))
      status.textContent = `${name}: ${spoken(found)}`
    } catch (error) {
      card.isExplained = true
      outcome.replaceChildren(...complaint(error))
      status.textContent = `${name}: ${messageOf(error)}`
    }
  }

  /** Asks for the heat map of a picture that was answered without. */
  const explain = async (card: Card): Promise<void> => {
    if (card.isExplained) return
    await ask(card).catch(error => (status.textContent = `${card.name}: ${messageOf(error)}`))
  }

  return {
    add(image, name) {
      const card = cardOf(image, name, model)
      place(card)
      void inTurn(() => answer(card))
    },
    showHeat(isShown) {
      isHeatShown = isShown && model.explains
      list.classList.toggle('no-heat', !isShown)
      if (isHeatShown) for (const card of cards.toReversed()) void inTurn(() => explain(card))
    },
  }
}

function cardOf(image: Blob, name: string, { fit }: TryModel): Card {
  const picture = pictureOf(image, name, fit)
  const waiting = element('p', { className: 'quiet' }, 'Looking…')
  const outcome = element('div', { className: 'outcome' }, waiting)
  const title = element('h3', {}, name)
  const made = element('li', { className: 'card answer' }, picture.element, title, outcome)
  return { element: made, image, name, picture, outcome, isExplained: false }
}

/** Runs work in the order in which it is given, no more than so much at once. */
function limited(most: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = []
  let running = 0
  return async work => {
    if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else running++
    try {
      await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
