/** What the classes' names and sizes tell: names that may be one class written twice, and classes of uneven size. */
import type { Dataset } from '../dataset/types.ts'
import { imbalanceFindings } from './balance.ts'
import { likeNames } from './class-names.ts'
import type { Finding } from './types.ts'

/** Likely typos first. */
export function classFindings({ classNames, examples }: Dataset): Finding[] {
  const counts = classNames.map(() => 0)
  for (const { label } of examples) if (label !== null) counts[label]!++
  const typos = likeNames(classNames, counts).map(({ rare, common, difference }): Finding => {
    const suggestion = `it differs from "${common}" by ${difference} only: if they are one class, give them one name`
    return {
      id: null,
      finding: 'label-typo',
      severity: 'warning',
      label: rare,
      suggestion,
      score: null,
      related: common,
      action: 'review',
    }
  })
  return [...typos, ...imbalanceFindings(classNames, counts)]
}
