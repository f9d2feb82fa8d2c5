/** Class names that are probably one class written in two ways: `tomato`, `Tomato`, `tomatoe`, `tomatos`. */
import { typingSlips } from '../util/closest.ts'

/** Two names that look like one. */
export interface LikeNames {
  /** The one with fewer examples. */
  readonly rare: string
  readonly common: string
  readonly difference: 'case' | 'plural' | 'spelling'
}

/** Shorter names differ by a letter and mean different things: `cat` and `car`. */
const shortest = 5

/**
 * Finds like names.
 *
 * @param counts examples of each class
 */
export function likeNames(names: readonly string[], counts: readonly number[]): LikeNames[] {
  const found: LikeNames[] = []
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) {
      const difference = differenceOf(names[a]!, names[b]!)
      if (difference === null) continue
      const [rare, common] = counts[a]! < counts[b]! ? [a, b] : [b, a]
      found.push({ rare: names[rare]!, common: names[common]!, difference })
    }
  }
  return found
}

function differenceOf(a: string, b: string): LikeNames['difference'] | null {
  const [first, second] = [folded(a), folded(b)]
  if (first === second) return 'case'
  if (isPlural(first, second) || isPlural(second, first)) return 'plural'
  // Numbered classes differ by a digit on purpose.
  const isNumbered = /\d/.test(first + second)
  const isLong = Math.min(first.length, second.length) >= shortest
  return isLong && !isNumbered && typingSlips(first, second) === 1 ? 'spelling' : null
}

/** Without case, and with any spaces, dashes and underscores alike. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
}

function isPlural(one: string, many: string): boolean {
  if (one.length < 2 || /\d/.test(one)) return false
  return [`${one}s`, `${one}es`, one.replace(/y$/, 'ies')].includes(many)
}
