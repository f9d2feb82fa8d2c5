/** The word that was probably meant. */

/**
 * The candidate nearest to a word, for "did you mean"; undefined when none is near.
 *
 * Near means at most one typing slip for every three letters of the longer word, case aside. Of equally near candidates,
 * the first.
 *
 * @example closest('--epcohs', ['--epochs', '--seed']) // '--epochs'
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const slips = typingSlips(word.toLowerCase(), candidate.toLowerCase())
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))
    if (slips > allowed || slips >= fewest) continue
    best = candidate
    fewest = slips
  }
  return best
}

/**
 * The fewest insertions, deletions, replacements and swaps of neighbours that turn one word into another
 * (Damerau 1964, in the restricted form that touches no letter twice: optimal string alignment).
 */
export function typingSlips(a: string, b: string): number {
  const columns = b.length + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: columns }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j < columns; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1, swapped ? beforeLast[j - 2]! + 1 : replaced)
    }
    beforeLast = last
    last = row
  }
  return last[columns - 1]!
}
