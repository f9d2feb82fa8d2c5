/** From groups of copies to findings: leakage, contradicting labels, copies. */
import { formatCount } from '../util/format.ts'
import { quoted } from '../util/words.ts'
import type { Group } from './groups.ts'
import type { Finding, Inspected } from './types.ts'

/** The order in which members are kept: a copy is taken out of training sooner than out of what measures it. */
const splitOrder = { test: 0, validation: 1, train: 2 } as const

/**
 * The findings of all groups. Of each group one member is kept: of the split that matters most, then the first.
 *
 * @param examples by place
 * @param keys of each place's content
 */
export function duplicateFindings(
  groups: readonly Group[],
  examples: readonly Inspected[],
  keys: readonly string[],
  classNames: readonly string[],
): Finding[] {
  return groups.flatMap(group => {
    const rank = (place: number): number => splitOrder[examples[place]!.split ?? 'train']
    const [kept, ...others] = [...group.members].sort((a, b) => rank(a) - rank(b) || a - b)
    return others.flatMap(place => copyFindings(place, kept!, group, { examples, keys, classNames }))
  })
}

interface Known {
  readonly examples: readonly Inspected[]
  readonly keys: readonly string[]
  readonly classNames: readonly string[]
}

/** What is to be said of one member beside the kept one. */
function copyFindings(place: number, kept: number, group: Group, known: Known): Finding[] {
  const [one, other] = [known.examples[place]!, known.examples[kept]!]
  const isExact = known.keys[place] === known.keys[kept]
  const nameOf = (label: number | null): string | null => (label === null ? null : known.classNames[label]!)
  const base = {
    id: one.id,
    label: nameOf(one.label),
    score: isExact ? 1 : similarityIn(group, place, kept),
    related: other.id,
  }
  const [splitOne, splitOther] = [one.split ?? 'train', other.split ?? 'train']
  const found: Finding[] = []
  if (one.label !== null && other.label !== null && one.label !== other.label) {
    const suggestion = `one of them says ${quoted(base.label!)}, the other ${quoted(nameOf(other.label)!)}: keep the right one`
    found.push({ ...base, finding: 'conflicting-labels', severity: 'error', suggestion, action: 'review' })
  }
  if (splitOne !== splitOther) {
    const suggestion = `it is in ${splitOne}, its copy in ${splitOther}, whose figures it flatters: leave it out of ${splitOne}`
    found.push({ ...base, finding: 'leakage', severity: 'error', suggestion, action: 'exclude' })
  }
  if (found.length > 0) return found
  return [
    isExact
      ? {
          ...base,
          finding: 'exact-duplicate',
          severity: 'warning',
          suggestion: 'one copy is enough',
          action: 'exclude',
        }
      : {
          ...base,
          finding: 'near-duplicate',
          severity: 'note',
          suggestion: 'training keeps them on one side of a split that it draws',
          action: 'review',
        },
  ]
}

/** The similarity of two members; where they are alike by way of others only, the least that links the group. */
function similarityIn({ pairs }: Group, place: number, kept: number): number {
  const direct = pairs.find(({ a, b }) => (a === place && b === kept) || (a === kept && b === place))
  return (
    direct ?? pairs.reduce((least, pair) => (pair.similarity < least.similarity ? pair : least), pairs[0]!)
  ).similarity
}

/** What a training should be told of its copies, one sentence each. */
export function duplicateNotes(groups: readonly Group[], examples: readonly Inspected[]): string[] {
  const splitOf = (place: number): string => examples[place]!.split ?? 'train'
  const extra = groups.reduce((sum, { members }) => sum + members.length - 1, 0)
  const across = groups.filter(({ members }) => new Set(members.map(splitOf)).size > 1).length
  const torn = groups.filter(({ members }) => labelsOf(members, examples).size > 1).length
  const images = (count: number): string => `${formatCount(count)} ${count === 1 ? 'picture' : 'pictures'}`
  return [
    ...(extra > 0 ? [`${images(extra)} ${extra === 1 ? 'is a copy' : 'are copies'} of others`] : []),
    ...(torn > 0 ? [`${images(torn)} ${torn === 1 ? 'is' : 'are'} there under different labels`] : []),
    ...(across > 0
      ? [`${images(across)} ${across === 1 ? 'is' : 'are'} in more than one split, so the figures flatter`]
      : []),
  ]
}

function labelsOf(members: readonly number[], examples: readonly Inspected[]): Set<number> {
  return new Set(members.flatMap(place => examples[place]!.label ?? []))
}
