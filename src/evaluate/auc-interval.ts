/** How sure an area under the ROC curve is. */
import { type Random, randomOf } from '../util/random.ts'
import { aucBootstrap } from './auc-bootstrap.ts'
import { aucScoreInterval } from './auc-score-interval.ts'
import type { Interval } from './interval.ts'
import { rankByScore } from './ranking.ts'
import { areaUnder } from './roc.ts'
import type { Numbers } from './types.ts'

/**
 * A 95% interval of `rocAuc`: the bootstrap's, widened to Newcombe's score interval at either end where that goes further.
 *
 * Resampling cannot show a mistake that no example shows. Where the classes are nearly apart the bootstrap is too narrow
 * (of areas of 0.97 from 150 examples it holds 91%), and at an area of 1 it has no width at all. Newcombe's interval in
 * turn takes both classes to be alike spread, and is too narrow where they are not (92% where one is three times as
 * wide); there the bootstrap goes further. The two together held 95% to 99% in all that was tried.
 *
 * The same answers in any order give the same interval.
 *
 * @param labels [N], 0 or 1
 * @param scores [N], higher means more likely 1
 * @param random decides the resamples; seeded by default, so that it is the same each time
 * @returns null when one of the classes has no example
 * @throws RangeError as `rankByScore`
 */
export function aucInterval(
  labels: Numbers,
  scores: Numbers,
  random: Random = randomOf(0, 'auc-interval'),
): Interval | null {
  const ranking = rankByScore(labels, scores)
  const positives = ranking.truePositives.at(-1) ?? 0
  const negatives = ranking.falsePositives.at(-1) ?? 0
  if (positives === 0 || negatives === 0) return null
  const bootstrap = aucBootstrap(ranking, random)
  const score = aucScoreInterval(areaUnder(ranking), positives, negatives)
  return { low: Math.min(bootstrap.low, score.low), high: Math.max(bootstrap.high, score.high) }
}
