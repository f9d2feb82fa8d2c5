/** What a classifier's server answers to. */
import { replyTo } from './answers.ts'
import type { ClassifyQueue } from './classify-queue.ts'
import type { Inference } from './inference.ts'
import { modelReply } from './model-answer.ts'
import { openApi } from './openapi.ts'
import type { Settled } from './options.ts'
import { classifyQuery } from './query.ts'
import { json, Refusal, type Reply } from './reply.ts'
import type { Route } from './router.ts'
import { tryReply } from './try-page.ts'
import { uploadsOf } from './uploads.ts'

export interface Served {
  /** What the classifier is called. */
  readonly name: string
  readonly inference: Inference
  readonly queue: ClassifyQueue
  readonly options: Settled
}

export function routesOf({ name, inference, queue, options }: Served): Route[] {
  const { facts, explains } = inference
  const { limits } = options
  const page = tryReply(name, facts, explains)
  const model = modelReply(name, facts, explains, limits)
  const description = json(openApi(limits))
  return [
    { method: 'GET', path: '/', handle: () => page },
    {
      method: 'POST',
      path: '/v1/classify',
      async handle(call) {
        const { top, heatmap } = classifyQuery(call.query)
        if (heatmap && !explains) throw noHeatMaps()
        const uploads = await uploadsOf(call, limits.images)
        const outcomes = await queue.classify(uploads.pictures, heatmap, call.isGone)
        return replyTo(uploads, outcomes, facts, top)
      },
    },
    { method: 'GET', path: '/v1/model', handle: () => model },
    { method: 'GET', path: '/healthz', handle: () => health(inference, queue) },
    { method: 'GET', path: '/openapi.json', handle: () => description },
  ]
}

/** Well, with fewer threads than there should be, or with none that could answer. */
function health({ threads }: Inference, { length: images }: ClassifyQueue): Reply {
  const { alive, wanted } = threads
  const status = alive === wanted ? 'ok' : alive > 0 ? 'degraded' : 'down'
  return json({ status, images, threads }, alive > 0 ? 200 : 503)
}

function noHeatMaps(): Refusal {
  return new Refusal(400, 'heatmap', 'This model has no heat maps', { hint: 'ask without "heatmap=1"' })
}
