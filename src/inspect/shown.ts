/** Which findings a page shows as pictures: the first of each kind, for all are in the table. */
import type { Finding, FindingKind } from './types.ts'

/** Findings of one kind that are shown. */
export const mostShown = 48

/** The findings by kind, in the order in which they come. */
export function byKind(findings: readonly Finding[]): ReadonlyMap<FindingKind, readonly Finding[]> {
  const kinds = new Map<FindingKind, Finding[]>()
  for (const finding of findings) {
    const found = kinds.get(finding.finding)
    if (found === undefined) kinds.set(finding.finding, [finding])
    else found.push(finding)
  }
  return kinds
}

/** The ids of the examples that the shown findings are about. */
export function shownExamples(findings: readonly Finding[]): ReadonlySet<string> {
  const shown = [...byKind(findings).values()].flatMap(some => some.slice(0, mostShown))
  return new Set(shown.flatMap(({ id, related }) => (id === null ? [] : [id, related ?? id])))
}
