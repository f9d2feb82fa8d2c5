/** The pictures that were given and what became of each, the newest first. */
import { byId, element } from '../elements.ts'
import { complaint, messageOf } from './complaint.ts'
import { type Picture, pictureOf } from './picture.ts'
import { scoreList, spoken } from './scores.ts'
import type { Classify, TryModel } from './types.ts'

/** More would fill the memory of a small device. */
const mostCards = 48
/** Pictures that are asked about at once. */
const width = 4
const top = 5

/** The part of the page with the answers. */
export interface Answers {
  /** Puts a picture at the head of the list, and its answer once that is there. */
  add(image: Blob, name: string): void
}

interface Card {
  readonly element: HTMLElement
  readonly picture: Picture
}

export function openAnswers(classify: Classify, model: TryModel): Answers {
  const section = byId('answers', HTMLElement)
  const list = byId('answer-list', HTMLOListElement)
  const status = byId('status', HTMLElement)
  const cards: Card[] = []
  const inTurn = limited(width)

  const place = (card: Card): void => {
    section.hidden = false
    list.prepend(card.element)
    cards.push(card)
    if (cards.length <= mostCards) return
    const oldest = cards.shift()!
    oldest.element.remove()
    oldest.picture.close()
  }

  return {
    add(image, name) {
      const picture = pictureOf(image, name, model.fit)
      const outcome = element(
        'div',
        { className: 'outcome' },
        element('p', { className: 'quiet' }, 'Looking…'),
      )
      const title = element('h3', {}, name)
      place({
        element: element('li', { className: 'card answer' }, picture.element, title, outcome),
        picture,
      })
      void inTurn(async () => {
        try {
          const answer = await classify(image, { top, heatmap: model.explains })
          outcome.replaceChildren(scoreList(answer))
          if (answer.heatmap) picture.cover(answer.heatmap)
          status.textContent = `${name}: ${spoken(answer)}`
        } catch (error) {
          outcome.replaceChildren(...complaint(error))
          status.textContent = `${name}: ${messageOf(error)}`
        }
      })
    },
  }
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
