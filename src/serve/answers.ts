/** What the network says, in words: the bodies of answers. */
import type { BundleFacts } from '../bundle/facts.ts'
import type { HeatMap } from '../bundle/heat-colour.ts'
import { type Prediction, topPredictions } from '../bundle/ranking.ts'
import { UserError } from '../util/errors.ts'
import type { Verdict } from './inference-protocol.ts'
import type { Outcome } from './queue-chunks.ts'
import { errorBody, json, type Reply } from './reply.ts'
import type { Uploads } from './uploads.ts'

/** What a picture shows. */
export interface ImageAnswer {
  /** The most probable classes, the best first. */
  readonly predictions: readonly Prediction[]
  /** Whether it is like no picture that the network was trained on: then the predictions mean little. */
  readonly unknown: boolean
  /** How unlike, 0 or more; null where the bundle does not know. */
  readonly unfamiliarity: number | null
  /** What spoke for the most probable class, over the network's square. */
  readonly heatmap?: HeatMap
}

/** The reply to a request with pictures: one answer for a plain body, a list for a form. */
export function replyTo(
  { pictures, isForm }: Uploads,
  outcomes: readonly Outcome[],
  facts: BundleFacts,
  top: number,
): Reply {
  const answers = outcomes.map(({ verdict, error }) =>
    error === null ? answerOf(verdict, facts, top) : { error: errorBody(error) },
  )
  if (!isForm) return json(answers[0], outcomes[0]!.error === null ? 200 : 422)
  const images = answers.map((answer, at) => ({ name: pictures[at]!.name, ...answer }))
  const isLost = outcomes.every(({ error }) => error !== null)
  return isLost ? json({ error: errorBody(noneOf(outcomes)), images }, 422) : json({ images })
}

function answerOf(
  { probabilities, unknown, unfamiliarity, heat }: Verdict,
  { classNames }: BundleFacts,
  top: number,
): ImageAnswer {
  const predictions = topPredictions(probabilities, classNames, top)
  const answer = { predictions, unknown, unfamiliarity }
  return heat === undefined ? answer : { ...answer, heatmap: writable(heat) }
}

/** Three digits are more than a picture shows. */
function writable({ rows, columns, values }: HeatMap): HeatMap {
  return { rows, columns, values: Array.from(values, value => Math.round(value * 1000) / 1000) }
}

/** Of one picture, its own error. */
function noneOf(outcomes: readonly Outcome[]): UserError {
  const [{ error }] = outcomes as [Outcome]
  if (outcomes.length === 1) return error!
  return new UserError('image', `None of the ${outcomes.length} files can be read as an image`, {
    hint: 'see what is said of each of them',
  })
}
