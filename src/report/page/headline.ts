/** The first thing on the page: how good the classifier is, and how sure that is. */
import type { Evaluation } from '../../evaluate/evaluation.ts'
import { type Html, html } from '../../page/html.ts'
import { formatPercent } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import { figureCard, note } from './figure-card.ts'
import { intervalBar } from './interval-bar.ts'
import type { RunReport } from './types.ts'
import { nats, percentInterval, score, scoreInterval } from './words.ts'

/** Below this many held-out examples the page says in words how little they tell. */
const few = 200

/** Cards of figures for validation and, where there is one, test. */
export function headlineSection({ validation, test }: RunReport): Html {
  if (validation === null && test === null) {
    return html`<section aria-labelledby="figures"><h2 id="figures">How good it is</h2>
<p>No example was held out, so nothing is known of how it does on new pictures. Train with <code>--validation 0.1</code> to find out.</p></section>`
  }
  return html`<section aria-labelledby="figures"><h2 id="figures">How good it is</h2>
${test !== null && figureCards('On the test examples, by which nothing was chosen', test.evaluation)}
${validation !== null && figureCards('On the validation examples', validation.evaluation)}
${(test ?? validation)?.evaluation.rocAucInterval && html`<p class="quiet">${intervalWords}</p>`}
${validation !== null && test === null && html`<p class="quiet">The best epoch was chosen by these same examples, so expect a little less on new pictures.</p>`}
</section>`
}

const intervalWords =
  "The interval of the accuracy is Wilson's. That of the ROC AUC is the bootstrap's, which draws the pictures of each class again and again, widened to Newcombe's where that goes further."

function figureCards(title: string, evaluation: Evaluation): Html {
  const { examples, accuracy, accuracyInterval, loss, macroF1, balancedAccuracy, calibrationError } =
    evaluation
  return html`<h3>${title}</h3>
<div class="cards figures">
${figureCard('Accuracy', formatPercent(accuracy, 2), intervalBar(accuracyInterval, accuracy, percentInterval(accuracyInterval)))}
${aucCard(evaluation)}
${figureCard('Macro F1', score(macroF1), note(`balanced accuracy ${formatPercent(balancedAccuracy, 2)}`))}
${figureCard('Loss', nats(loss), note('mean cross-entropy, in nats'))}
${figureCard('Calibration error', formatPercent(calibrationError, 2), note('how far confidence is from accuracy'))}
${figureCard('Examples', examples.toLocaleString('en-US'), note('held out and never trained on'))}
</div>
${examples < few && html`<p class="warn">${fewWords(evaluation)}</p>`}`
}

/** How wide the interval is, in points and in pictures. */
function fewWords({ examples, accuracyInterval: { low, high } }: Evaluation): string {
  const points = ((high - low) * 100).toFixed(1)
  const pictures = Math.max(1, Math.round(((high - low) * examples) / 2))
  return `Only ${counted(examples, 'picture')} ${examples === 1 ? 'was' : 'were'} held out: the interval is ${points} points wide, so ${counted(pictures, 'picture')} more or fewer right would be no surprise. Hold out more pictures to know it better.`
}

/** The area under the ROC curve with its interval; nothing with more classes than two. */
function aucCard({ rocAuc, rocAucInterval }: Evaluation): Html | null {
  if (rocAuc === null) return null
  const below = rocAucInterval && intervalBar(rocAucInterval, rocAuc, scoreInterval(rocAucInterval))
  return figureCard('ROC AUC', score(rocAuc), below ?? note('of two classes'))
}
