/** Files that cannot be read, and those whose names say another format than they have. */
import type { TrainingData } from '../train/data.ts'
import { fileFacts, isMisnamed } from './files.ts'
import type { Finding } from './types.ts'

/**
 * @param data of which all pixels were asked for, so that it knows what cannot be read
 * @param positions of the readable examples
 * @returns the findings, and the pixels of each readable picture's shorter side, null where unknown
 */
export async function fileFindings(
  data: TrainingData,
  positions: readonly number[],
  classNames: readonly string[],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<{ readonly findings: Finding[]; readonly shortSides: (number | null)[] }> {
  const nameOf = (position: number): string | null => {
    const { label } = data.examples[position]!
    return label === null ? null : classNames[label]!
  }
  const facts = await fileFacts(
    positions.map(position => data.examples[position]!.source),
    signal,
    onProgress,
  )
  const unreadable = [...data.unreadable].map(
    ([position, { id, reason }]): Finding => ({
      id,
      finding: 'unreadable',
      severity: 'error',
      label: nameOf(position),
      suggestion: reason,
      score: null,
      related: null,
      action: 'exclude',
    }),
  )
  const misnamed = positions.flatMap((position, place): Finding[] => {
    const fact = facts[place] ?? null
    const { id, source } = data.examples[position]!
    if (fact === null || !isMisnamed(source, fact.format)) return []
    const suggestion = `it holds ${fact.format}; it is read all the same, but other programs may fail`
    return [
      {
        id,
        finding: 'misnamed',
        severity: 'note',
        label: nameOf(position),
        suggestion,
        score: null,
        related: null,
        action: 'review',
      },
    ]
  })
  return { findings: [...unreadable, ...misnamed], shortSides: facts.map(fact => fact?.shortSide ?? null) }
}
