/** How much an area under the ROC curve changes when its examples are drawn again from themselves. */
import type { Random } from '../util/random.ts'
import type { Interval } from './interval.ts'
import { quantile } from './quantile.ts'
import type { Ranking } from './ranking.ts'
import { areaUnder } from './roc.ts'
import type { Numbers } from './types.ts'

const usualResamples = 2000
/** Of very many examples fewer resamples are drawn, as their areas differ little; but never fewer than the least. */
const mostDraws = 10_000_000
const leastResamples = 200

/**
 * The percentile interval of the area over bootstrap resamples (Efron and Tibshirani 1993, chapter 13), 95%.
 *
 * Each class is resampled by itself, so that every resample has as many positives and negatives as there are. Scores are
 * ranked once; a resample only counts how often each threshold was drawn. 1,750 examples take 0.2 s on one core.
 *
 * @param ranking of at least one positive and one negative
 */
export function aucBootstrap({ truePositives, falsePositives }: Ranking, random: Random): Interval {
  const [positives, negatives] = [thresholdsOf(truePositives), thresholdsOf(falsePositives)]
  const affordable = Math.floor(mostDraws / (positives.length + negatives.length))
  const areas = new Float64Array(Math.max(leastResamples, Math.min(usualResamples, affordable)))
  const drawn = {
    truePositives: new Uint32Array(truePositives.length),
    falsePositives: new Uint32Array(falsePositives.length),
  }
  for (let resample = 0; resample < areas.length; resample++) {
    redraw(drawn.truePositives, positives, random)
    redraw(drawn.falsePositives, negatives, random)
    areas[resample] = areaUnder(drawn)
  }
  areas.sort()
  return { low: quantile(areas, 0.025), high: quantile(areas, 0.975) }
}

/** The place of each example's threshold, from the cumulative counts of its class. */
function thresholdsOf(cumulative: Numbers): Uint32Array {
  const places = new Uint32Array(cumulative[cumulative.length - 1] ?? 0)
  for (let place = 0, from = 0; place < cumulative.length; from = cumulative[place++]!)
    places.fill(place, from, cumulative[place])
  return places
}

/** Draws as many examples as there are, with replacement, and counts them up to each threshold. */
function redraw(cumulative: Uint32Array, thresholds: Uint32Array, random: Random): void {
  cumulative.fill(0)
  for (let draw = 0; draw < thresholds.length; draw++)
    cumulative[thresholds[random.integer(thresholds.length)]!]!++
  for (let place = 1; place < cumulative.length; place++) cumulative[place]! += cumulative[place - 1]!
}
