/** Where a share of numbers lies below. */
import type { Numbers } from './types.ts'

/**
 * The quantile of sorted numbers, linear between neighbours (Hyndman and Fan 1996, type 7; NumPy's default).
 *
 * @param sorted rising, at least one
 * @param share 0..1
 */
export function quantile(sorted: Numbers, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
  return low + (high - low) * (place - below)
}
