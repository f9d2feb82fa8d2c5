/** Whether images that are evaluated were trained on: figures over such flatter. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Example } from '../../dataset/types.ts'
import { fileNames, readRunRecord } from '../../train/run-folder.ts'

/** How many of the examples the run was trained on, as far as its record tells; 0 for other data, or a file alone. */
export function countTrainedOn(run: string, data: string, examples: readonly Example[]): number {
  if (!existsSync(join(run, fileNames.run))) return 0
  const { root, validation, test } = readRunRecord(run).data
  if (resolve(root) !== resolve(data)) return 0
  const held = new Set([...validation, ...test])
  return examples.filter(({ id }) => !held.has(id)).length
}
