/** How sure an area under the ROC curve is, from the area and the numbers of examples alone. */
import type { Interval } from './interval.ts'

const z95 = 1.959963984540054
/** Halvings of 0..1: beyond these the bound does not move in float64. */
const halvings = 60

/**
 * Newcombe's score interval of an area under the ROC curve (Newcombe 2006, part 2, method 5): the areas from which the
 * found one is at most `z` standard errors away, by the variance of Hanley and McNeil (1982) at that area.
 *
 * As Wilson's it stays in 0..1 and keeps a width at 1.
 *
 * @param area 0..1
 * @param positives number of examples of class 1, at least 1
 * @param negatives number of examples of class 0, at least 1
 * @param z standard normal quantile; the default gives 95%
 * @throws RangeError when the area is not in 0..1 or one of the classes has no example
 */
export function aucScoreInterval(
  area: number,
  positives: number,
  negatives: number,
  z: number = z95,
): Interval {
  if (!(area >= 0 && area <= 1)) throw new RangeError(`An area must be in 0..1. Received: ${area}`)
  if (!(positives >= 1 && negatives >= 1))
    throw new RangeError(`Both classes need examples. Received: ${positives} and ${negatives}`)
  const isWithin = (other: number): boolean =>
    (area - other) ** 2 <= z ** 2 * variance(other, positives, negatives)
  return { low: bound(area, 0, isWithin), high: bound(area, 1, isWithin) }
}

/** Of the area's estimate, were `area` the true one; both Ns are replaced by their mean, as Newcombe advises. */
function variance(area: number, positives: number, negatives: number): number {
  const others = (positives + negatives) / 2 - 1
  const spread = 1 + others * ((1 - area) / (2 - area) + area / (1 + area))
  return (area * (1 - area) * spread) / (positives * negatives)
}

/** The furthest place towards `end` that is within; at the end itself the variance is 0, so it is within only there. */
function bound(area: number, end: 0 | 1, isWithin: (area: number) => boolean): number {
  if (area === end) return end
  let [inside, outside]: [number, number] = [area, end]
  for (let step = 0; step < halvings; step++) {
    const middle = (inside + outside) / 2
    if (isWithin(middle)) inside = middle
    else outside = middle
  }
  return inside
}
