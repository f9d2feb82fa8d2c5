/** The examples of one split: as the data names it, else as the run drew it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Example, SplitName } from '../dataset/types.ts'
import { fileNames, readRunRecord } from '../train/run-folder.ts'

/**
 * The examples of a split. Where the data names no split, those that the run held out under that name, found again by
 * their ids; none where `run` is a file alone, for it tells no ids.
 */
export function splitExamples(
  run: string,
  examples: readonly Example[],
  split: SplitName | 'all',
): readonly Example[] {
  if (split === 'all') return examples
  if (examples.some(example => example.split === split))
    return examples.filter(example => example.split === split)
  const drawn = drawnSplit(run)
  return examples.filter(example => isUnnamed(example, split) && drawn(example.id) === split)
}

/** A split that names only its test examples leaves it to the run which of the others validate. */
function isUnnamed({ split }: Example, wanted: SplitName): boolean {
  return split === null || (wanted === 'validation' && split === 'train')
}

function drawnSplit(run: string): (id: string) => SplitName | null {
  if (!existsSync(join(run, fileNames.run))) return () => null
  const { data } = readRunRecord(run)
  const [validation, test] = [new Set(data.validation), new Set(data.test)]
  return id => (validation.has(id) ? 'validation' : test.has(id) ? 'test' : 'train')
}
