/** The limit beyond which pictures are unknown, for a network that has been changed. */
import type { RejectFacts } from '../bundle/facts.ts'
import { conformalLimit } from '../evaluate/conformal.ts'

/** How far the same pictures, held out, are from what is familiar: before a change and after it. */
export interface Distances {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Sums in another order differ by this much: a picture on the limit is to stay inside. */
const rounding = 1e-4

/**
 * The limit is taken anew from the distances after the change, as training took it (see `conformalLimit`). With too few
 * of them for that it moves by as much as they did, the median of their ratios.
 */
export function movedReject(reject: RejectFacts, distances: Distances): RejectFacts {
  const limit = conformalLimit(distances.after, reject.kept)
  if (limit === null) return { ...reject, limit: reject.limit * medianRatio(distances) }
  return {
    ...reject,
    limit: limit * (1 + rounding),
    examples: distances.after.length,
    source: 'validation',
  }
}

function medianRatio({ before, after }: Distances): number {
  const ratios = before.flatMap((from, at) => (from > 0 && after[at]! > 0 ? [after[at]! / from] : []))
  return ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 1
}
