/** Several tests at once: what their p-values are worth together. */

/**
 * P-values adjusted by Holm's step-down method (Holm 1979): rejecting those below 5% wrongly rejects any of the true
 * hypotheses in at most 5% of all cases, whatever their dependence.
 *
 * @param pValues each in 0..1
 * @returns as many, in the same order, each at least the given one and at most 1
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = pValues.slice()
  let highest = 0
  order.forEach((at, rank) => {
    highest = Math.max(highest, Math.min(1, pValues[at]! * (pValues.length - rank)))
    adjusted[at] = highest
  })
  return adjusted
}
