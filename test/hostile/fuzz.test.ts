/** Ten thousand unsound files of every kind that Graft reads: each gives a result or an error for users. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fuzz } from './fuzz.ts'
import { allTargets } from './targets.ts'

const cases = 10_000
const seed = 1
const root = mkdtempSync(join(tmpdir(), 'graft-fuzz-'))
after(() => rmSync(root, { recursive: true, force: true }))

const targets = Object.entries(await allTargets(root))
const shares = targets.reduce((sum, [, { share }]) => sum + share, 0)
for (const [name, target] of targets) {
  test(`only errors for users come of mutated files: ${name}`, async () => {
    const defect = await fuzz(target, Math.ceil((cases * target.share) / shares), seed)
    if (defect !== null) {
      const file = Buffer.from(defect.bytes).toString('base64')
      assert.fail(
        `${defect.error instanceof Error ? defect.error.stack : defect.error}\nfile, in base64: ${file}`,
      )
    }
  })
}

test('fuzz() finds a fault that was planted, and the simplest file that shows it', async () => {
  const read = (bytes: Uint8Array): void => {
    if (bytes.length > 8) throw new TypeError('too long')
  }
  const defect = await fuzz({ seeds: [new Uint8Array(8)], words: ['word'], share: 1, read }, 1000, seed)
  assert.ok(defect!.error instanceof TypeError)
  assert.equal(defect!.bytes.length, 9)
})
