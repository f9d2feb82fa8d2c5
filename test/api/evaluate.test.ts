/** Evaluation of a run on data of which nothing can be used. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { evaluateRun } from '../../src/api/evaluate.ts'
import { buildBundle } from '../../src/bundle/build.ts'
import type { UserError } from '../../src/util/errors.ts'
import { tinyParts } from '../bundle/made.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-evaluate-'))
const bundle = join(root, 'made.onnx')
before(() => writeFileSync(bundle, buildBundle(tinyParts({ classNames: ['cat', 'dog'] }))))
after(() => rmSync(root, { recursive: true, force: true }))

test('evaluateRun() refuses data of which no image can be read, and names the first', async () => {
  const data = join(root, 'data')
  for (const name of ['cat', 'dog']) {
    mkdirSync(join(data, name), { recursive: true })
    writeFileSync(join(data, name, 'torn.jpg'), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16))
  }
  await assert.rejects(evaluateRun(bundle, data), (error: UserError) => {
    assert.match(error.message, /^No image in ".*data" can be read\. The first: .*torn\.jpg/)
    return error.code === 'data'
  })
})
