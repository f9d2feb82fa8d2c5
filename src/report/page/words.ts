/** Figures as the report writes them. */
import type { Interval } from '../../evaluate/interval.ts'
import { formatPercent } from '../../util/format.ts'

/** `85.2% to 94.5%` */
export function percentInterval({ low, high }: Interval, digits = 1): string {
  return `${formatPercent(low, digits)} to ${formatPercent(high, digits)}`
}

/** `0.9512 to 0.9888` */
export function scoreInterval({ low, high }: Interval): string {
  return `${score(low)} to ${score(high)}`
}

/** Four digits after the point, or a dash. */
export function score(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toFixed(4)
}

/** A loss in nats with four significant digits, or a dash. */
export function nats(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toPrecision(4)
}
