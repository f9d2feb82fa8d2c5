/** Datasets made from labels alone. */
import type { Dataset, Example, SplitName } from '../../src/dataset/types.ts'

export interface MadeExample {
  readonly label: number | null
  readonly split?: SplitName | null
}

/** A dataset of classes `class 0`, `class 1`, ... with ids in no order. */
export function datasetOf(made: readonly MadeExample[]): Dataset {
  const examples = made.map(({ label, split = null }, i): Example => {
    const id = `${(i * 7919) % 10007}-${i}.jpg`
    return { id, source: { type: 'file', path: id }, label, split }
  })
  const classes = Math.max(0, ...made.map(({ label }) => (label ?? -1) + 1))
  const classNames = Array.from({ length: classes }, (_, label) => `class ${label}`)
  return { root: 'made', format: 'class-folders', classNames, examples, missing: [], notes: [] }
}
