/** The words that users have for train, validation and test. */
import type { SplitName } from './types.ts'

const words: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
])

/** What a folder's, a file's or a cell's word says about the split; undefined when it says nothing. */
export function splitNameOf(word: string): SplitName | undefined {
  return words.get(word.trim().toLowerCase())
}
