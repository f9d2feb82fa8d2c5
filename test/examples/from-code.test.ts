/** The example of the README runs as it stands. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { trainAndClassify } from '../../examples/from-code.ts'
import { writeImages } from '../train/made-images.ts'

test('trainAndClassify() answers with one of the classes', async context => {
  const root = mkdtempSync(join(tmpdir(), 'graft-example-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  const data = await writeImages(join(root, 'data'), 10)
  const options = { weights: 'random', alpha: 0.1, size: 32, epochs: 1, threads: 1 }
  const label = await trainAndClassify(data, join(data, 'warm', '3.png'), {
    ...options,
    run: join(root, 'run'),
    cache: join(root, 'cache'),
  })
  assert.ok(['cold', 'warm'].includes(label))
})
