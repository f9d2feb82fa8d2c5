/** A limit that a wanted share of new values will keep to, whatever their distribution is. */

/**
 * The smallest of n scores that a new one, drawn as they were, exceeds with a probability of at most 1 - `kept`: the
 * one of rank ceil((n + 1) * kept) (split conformal prediction: Vovk et al. 2005; Lei et al. 2018, section 2.2).
 *
 * @param kept 0 up to but not including 1
 * @returns null where there are too few scores for any to do: 19 are needed for 0.95
 */
export function conformalLimit(scores: ArrayLike<number>, kept: number): number | null {
  const sorted = Float64Array.from(scores).sort()
  const rank = Math.ceil((sorted.length + 1) * kept)
  return rank > sorted.length ? null : sorted[Math.max(rank, 1) - 1]!
}
