/** Classes of very different size, and what `auto` does about it. */
import { formatCount } from '../util/format.ts'
import { quoted } from '../util/words.ts'
import type { Finding } from './types.ts'

/** A class with less than this share of the largest one's examples is small. */
const smallShare = 0.2
/** A class with fewer examples than this can hardly be learned. */
const fewExamples = 20

/**
 * The classes that are much smaller than the largest, or too small to learn from; the smallest first.
 *
 * @param counts examples of each class
 */
export function imbalanceFindings(classNames: readonly string[], counts: readonly number[]): Finding[] {
  const most = Math.max(0, ...counts)
  const largest = classNames[counts.indexOf(most)]
  return classNames
    .map((name, label) => ({ name, count: counts[label]! }))
    .filter(({ count }) => count < fewExamples || count < smallShare * most)
    .sort((a, b) => a.count - b.count)
    .map(({ name, count }) => ({
      id: null,
      finding: 'class-imbalance',
      severity: count < fewExamples ? 'warning' : 'note',
      label: name,
      suggestion: count < smallShare * most ? uneven(count, largest!, most) : few(count),
      score: most === 0 ? 0 : 1 - count / most,
      related: count < smallShare * most ? largest! : null,
      action: 'review',
    }))
}

function few(count: number): string {
  return `it has ${formatCount(count)} examples: add some, ${fewExamples} at least`
}

/** As `auto` stands: the split keeps the shares, the loss counts every example alike. */
function uneven(count: number, largest: string, most: number): string {
  return `it has ${formatCount(count)} examples, ${quoted(largest)} ${formatCount(most)}: auto keeps these shares in the split and counts all examples alike; --class-weights balanced counts small classes for more`
}
