/** The try-it page at work, whoever classifies for it. */
import { byId } from '../elements.ts'
import { openAnswers } from './answers.ts'
import { listenForCamera } from './camera.ts'
import { listenForPictures } from './give.ts'
import type { Classify, TryModel } from './types.ts'

/** Makes the page work that `page/try.ts` writes. */
export function startTry(classify: Classify, model: TryModel): void {
  const answers = openAnswers(classify, model)
  listenForPictures(answers.add)
  listenForCamera(classify, answers.add)
  const where = byId('where', HTMLInputElement)
  const show = (): void => answers.showHeat(where.checked)
  where.addEventListener('change', show)
  show()
}
