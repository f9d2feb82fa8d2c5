import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { load } from '../../src/bundle/classifier.ts'
import { openTeacher } from '../../src/distill/teacher.ts'
import { toTensor } from '../../src/pipeline/tensor.ts'
import { UserError } from '../../src/util/errors.ts'
import { tinyParts } from '../bundle/made.ts'
import { noise } from '../pipeline/pictures.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-teacher-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function writeRun(name: string, bundle: Uint8Array): string {
  const run = join(folder, name)
  mkdirSync(run)
  writeFileSync(join(run, 'best.onnx'), bundle)
  return run
}

const size = 32
const pixels = noise(size * size * 3)

/** A run's probabilities of one picture, by its bundle and by the logits that it teaches. */
async function bothWays(run: string): Promise<{ expected: number[]; taught: number[]; parts: string[] }> {
  const classifier = await load(run)
  const image = { width: size, height: size, data: pixels }
  const [row] = await classifier.probabilities([image])
  await classifier.close()
  const expected = [...row!]
  const teacher = await openTeacher(run, size, 1)
  const said = await teacher.answer(toTensor(pixels, size), 1)
  await teacher.close()
  const logits = said.slice(-expected.length)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
  const parts = teacher.parts.map(({ kind, length }) => `${kind} ${length}`)
  return { expected, taught: Array.from(logits, logit => Math.exp(logit) / total), parts }
}

test('openTeacher() takes a run: its pooled features, and logits with the probabilities of its bundle', async () => {
  const run = writeRun('softmax', buildBundle(tinyParts({ temperature: 2 })))
  const { expected, taught, parts } = await bothWays(run)
  assert.deepEqual(parts, ['features 1280', 'logits 3'])
  assert.ok(taught.every((value, at) => Math.abs(value - expected[at]!) < 1e-5))
})

test('openTeacher() makes two logits of the one of a sigmoid', async () => {
  const classNames = ['ant', 'bee']
  const head = { pooling: 'max', activation: 'sigmoid', classes: 2 } as const
  const run = writeRun('sigmoid', buildBundle(tinyParts({ classNames, head })))
  const { expected, taught, parts } = await bothWays(run)
  assert.deepEqual(parts, ['features 1280', 'logits 2'])
  assert.ok(taught.every((value, at) => Math.abs(value - expected[at]!) < 1e-5))
})

test('openTeacher() says which size a run wants', async () => {
  const run = writeRun('small', buildBundle(tinyParts()))
  await assert.rejects(openTeacher(run, 64, 1), (error: UserError) => {
    assert.ok(error instanceof UserError)
    assert.match(`${error.message} ${error.hint}`, /takes 32x32.*--teacher-size 32/)
    return true
  })
})
