/** The two orders of names: alphanumeric for class names, by code unit for ids; neither depends on a locale. */

/**
 * Alphanumeric order: runs of digits compare as numbers, all else by UTF-16 code unit, so that "2" is before "10".
 *
 * A total order: names that differ only by leading zeros fall back to code units.
 */
export function compareAlphanumeric(a: string, b: string): number {
  const left = runsOf(a)
  const right = runsOf(b)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareRuns(left[i]!, right[i]!)
    if (order !== 0) return order
  }
  return left.length - right.length || compareCodeUnits(a, b)
}

/** The order of JavaScript's `<`, as a comparator. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function runsOf(name: string): readonly string[] {
  return name.match(/[0-9]+|[^0-9]+/g) ?? []
}

function compareRuns(a: string, b: string): number {
  const numbers = isNumber(a) && isNumber(b)
  return numbers ? compareNumbers(a.replace(/^0+/, ''), b.replace(/^0+/, '')) : compareCodeUnits(a, b)
}

/** Of numerals without leading zeros the longer is greater, whatever their length: no precision to lose. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || compareCodeUnits(a, b)
}

function isNumber(run: string): boolean {
  return run >= '0' && run < ':'
}
