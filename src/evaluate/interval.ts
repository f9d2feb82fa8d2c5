/** How sure a share of counted examples is. */

/** Bounds in 0..1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The standard normal quantile of a two-sided 95% interval. */
const z95 = 1.959963984540054

/**
 * Wilson's score interval for a proportion (Wilson 1927): sound for few examples and for shares near 0 and 1.
 *
 * @param successes 0..trials
 * @param trials at least 0; without trials the interval is [0, 1]
 * @param z standard normal quantile; the default gives 95%
 * @throws RangeError when `successes` is not in 0..trials
 */
export function wilsonInterval(successes: number, trials: number, z: number = z95): Interval {
  if (!(successes >= 0 && successes <= trials))
    throw new RangeError(`Successes must be in 0..${trials}. Received: ${successes}`)
  if (trials === 0) return { low: 0, high: 1 }
  const share = successes / trials
  const shrink = z ** 2 / trials
  const centre = (share + shrink / 2) / (1 + shrink)
  const half = (z * Math.sqrt((share * (1 - share) + shrink / 4) / trials)) / (1 + shrink)
  // At 0 and 1 the bound is exactly the share; rounding would miss it by an ulp.
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  }
}
