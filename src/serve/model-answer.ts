/** What the server says of its model. */
import type { BundleFacts } from '../bundle/facts.ts'
import type { ServeLimits } from './options.ts'
import { json, type Reply } from './reply.ts'

export function modelReply(name: string, facts: BundleFacts, explains: boolean, limits: ServeLimits): Reply {
  const { classNames, preprocessing, card, reject = null } = facts
  const { body, images, pixels, queue } = limits
  return json({
    name,
    classNames,
    preprocessing,
    heatmap: explains,
    card,
    reject,
    limits: { body, images, pixels, queue },
  })
}
