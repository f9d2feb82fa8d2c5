/** Kept outputs: a test compares with the file, `UPDATE_GOLDEN=1` rewrites it for a person to look at. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFileAtomic } from '../src/util/files.ts'

/**
 * Asserts that a text is what the golden file holds.
 *
 * @param path below `test/`, such as `report/golden/curves.svg`; tests run in the root of the repository
 */
export function matchesGolden(path: string, text: string): void {
  const file = `test/${path}`
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileAtomic(file, text)
  assert.equal(text, readFileSync(file, 'utf8'), `${file} differs; UPDATE_GOLDEN=1 npm test rewrites it`)
}
