/** What a run remembers of its data: the images it held out, and how its table was headed. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeImages } from '../train/made-images.ts'
import { runHere } from './context.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-held-out-'))
const at = (...names: string[]): string => join(root, ...names)
const [data, run] = [at('data'), at('run')]
const quick = '--weights random --alpha 0.1 --size 32 --threads 1 --epochs 1 --fine-tune-at none'.split(' ')
const where = ['--labels', at('names.csv')]
let outcome: Record<string, unknown>

before(async () => {
  await writeImages(data, 12)
  const rows = ['cold', 'warm'].flatMap(name =>
    readdirSync(join(data, name)).map(file => `${name}/${file},${name}`),
  )
  writeFileSync(at('names.csv'), ['picture,season', ...rows].join('\n'))
  const flags = ['--validation', '0.25', '--cache', at('cache'), '--json', '--quiet', '--run', run]
  const { status, stdout, stderr } = await runHere(['train', data, ...where, ...quick, ...flags])
  assert.equal(status, 0, stderr)
  outcome = JSON.parse(stdout)
})
after(() => rmSync(root, { recursive: true, force: true }))

test('graft evaluate --split validation measures the images that the run held out', async () => {
  const evaluate = (split: string): ReturnType<typeof runHere> =>
    runHere(['evaluate', run, data, ...where, '--split', split, '--json'])
  const held = JSON.parse((await evaluate('validation')).stdout)
  assert.deepEqual(
    [held.examples, held.accuracy, held.loss],
    [outcome['examples'], outcome['accuracy'], outcome['loss']],
  )
  assert.equal(held.trainedOn, 0)
  const seen = JSON.parse((await evaluate('train')).stdout)
  assert.deepEqual([seen.examples, seen.trainedOn], [24 - held.examples, 24 - held.examples])
  const { status, stderr } = await evaluate('test')
  assert.equal(status, 3)
  assert.match(stderr, /There is no labelled example in ".*data" of split "test"/)
})

test('graft predict --csv heads its columns as the table that the run learned from', async () => {
  const { stdout } = await runHere(['predict', run, join(data, 'cold'), '--csv'])
  assert.match(stdout, /^picture,season\n/)
  const named = await runHere(['predict', run, join(data, 'cold'), '--csv', '--id-column', 'id'])
  assert.match(named.stdout, /^id,season\n/)
})
