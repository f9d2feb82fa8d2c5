/** Numbers as people read them: counts, bytes, durations, shares. What is not finite reads "–". */

const missing = '–'

/** A count with thousands separated: 17500 -> "17,500". Rounded to the nearest integer. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return missing
  const digits = Math.abs(Math.round(count)).toString()
  return (count <= -0.5 ? '-' : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Bytes in decimal units with two or three digits: 9216 -> "9.2 KB", 1.5e9 -> "1.5 GB". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return missing
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  // 999.5 would be rounded to 1000 of the smaller unit.
  const exponent = units.findIndex((_, i) => Math.abs(bytes) < 999.5 * 1000 ** i)
  const power = exponent < 0 ? units.length - 1 : exponent
  const value = bytes / 1000 ** power
  return `${value.toFixed(power > 0 && Math.abs(value) < 9.95 ? 1 : 0)} ${units[power]}`
}

/** Seconds in the two largest units that matter: "0.4 s", "42 s", "3 min 05 s", "2 h 07 min", "3 d 04 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return missing
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (Math.round(seconds) < 3600) return twoUnits(Math.round(seconds), 60, 'min', 's')
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min')
  return twoUnits(Math.round(seconds / 3600), 24, 'd', 'h')
}

/**
 * A share of 0..1 as a percentage: 0.9931 -> "99.3%".
 *
 * Only 1 reads "100%" and only 0 reads "0%": 0.9999 is "99.9%", for a classifier with one mistake is not perfect.
 *
 * @param digits after the point
 */
export function formatPercent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return missing
  if (share === 0 || share === 1) return `${share * 100}%`
  const step = 10 ** -digits
  const percent = Math.min(
    Math.max(share * 100, share > 0 ? step : -100),
    share < 1 ? 100 - step : share * 100,
  )
  return `${percent.toFixed(digits)}%`
}

function twoUnits(count: number, ratio: number, large: string, small: string): string {
  return `${Math.floor(count / ratio)} ${large} ${String(count % ratio).padStart(2, '0')} ${small}`
}
