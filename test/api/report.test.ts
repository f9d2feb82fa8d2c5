/** Reports of trainings, end to end on made pictures: written, written again, and without what they are made from. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { compareRuns } from '../../src/api/compare.ts'
import { writeReport } from '../../src/api/report.ts'
import { train } from '../../src/api/train.ts'
import { load } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { readEvaluations } from '../../src/report/evaluation-file.ts'
import { readPredictions } from '../../src/report/predictions.ts'
import type { TrainOptions } from '../../src/train/options.ts'
import { readRunRecord } from '../../src/train/run-folder.ts'
import type { UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-report-'))
const data = join(root, 'data')
const options: TrainOptions = {
  weights: 'random',
  alpha: 0.1,
  size: 32,
  epochs: [2, 1],
  batchSize: 8,
  validation: 0.5,
  threads: 1,
}
const [first, second] = [join(root, 'first'), join(root, 'second')] as const

before(async () => {
  await writeImages(data, 60)
  await train(data, { ...options, run: first, cache: join(root, 'cache') })
  await train(data, { ...options, run: second, cache: join(root, 'cache'), learningRate: 0.01 })
})
after(() => rmSync(root, { recursive: true, force: true }))

const pageOf = (run: string): string => readFileSync(join(run, 'report.html'), 'utf8')

/** A run's folder under another name, to be spoilt. */
function copyOf(run: string, name: string): string {
  const copy = join(root, name)
  cpSync(run, copy, { recursive: true })
  return copy
}

test('train() leaves a report, and writeReport() makes the same bytes from the folder', async () => {
  const written = pageOf(first)
  assert.match(written, /<img src="data:image\/jpeg;base64,/)
  assert.match(written, /graft train .*--seed 1/)
  const { path, missing, notes } = await writeReport(first)
  assert.deepEqual([path, missing, notes], [join(first, 'report.html'), [], []])
  assert.ok(pageOf(first) === written)
})

test('predictions.jsonl holds what the shipped file answers, and the bundle the temperature and figures of it', async () => {
  const { classNames, temperature, card } = loadBundle(first).facts
  const saved = readPredictions(first, classNames)
  assert.deepEqual(saved.map(({ id }) => id).sort(), [...readRunRecord(first).data.validation].sort())
  assert.notEqual(temperature, 1)
  const { validation } = readEvaluations(first)!
  assert.equal(card.figures.validation!.loss, validation!.loss)
  const classifier = await load(first)
  for (const { source, probabilities } of saved.slice(0, 5)) {
    assert.ok(source.type === 'file')
    for (const { label, score } of await classifier.classify(source.path))
      assert.ok(Math.abs(score - probabilities[classNames.indexOf(label)]!) < 1e-5)
  }
  await classifier.close()
})

test('writeReport() of a run that kept no answers asks its classifier again, or says what is missing', async () => {
  const old = copyOf(first, 'old')
  rmSync(join(old, 'predictions.jsonl'))
  await writeReport(old)
  assert.ok(pageOf(old).includes('ROC curve'))
  assert.equal(readPredictions(old, ['cold', 'warm']).length, 60)
  rmSync(join(old, 'predictions.jsonl'))
  const away = join(root, 'away')
  renameSync(data, away)
  try {
    const { notes } = await writeReport(old)
    assert.match(notes.join(), /did not keep its answers/)
    assert.ok(!pageOf(old).includes('ROC curve') && pageOf(old).includes('Accuracy'))
    const { missing } = await writeReport(first)
    assert.ok(missing.length > 0 && pageOf(first).includes('no picture'))
  } finally {
    renameSync(away, data)
  }
})

test('writeReport() refuses what is no finished run in words', async () => {
  const unfinished = copyOf(first, 'unfinished')
  rmSync(join(unfinished, 'best.onnx'))
  const isRunError = (words: RegExp) => (error: UserError) =>
    error.code === 'run' && words.test(error.message)
  await assert.rejects(writeReport(unfinished), isRunError(/its training has not finished/))
  await assert.rejects(writeReport(join(root, 'nowhere')), isRunError(/There is no run/))
  const damaged = copyOf(first, 'damaged')
  writeFileSync(join(damaged, 'predictions.jsonl'), '{"split":"validation"}\n')
  await assert.rejects(writeReport(damaged), isRunError(/line 1 is damaged/))
})

test('compareRuns() puts runs on their common examples, and refuses one run, or the same twice', () => {
  const { runs, pairs, withoutAnswers } = compareRuns([first, second])
  assert.deepEqual(
    runs.map(({ run, evaluation }) => [run, evaluation!.examples]),
    [
      [first, 60],
      [second, 60],
    ],
  )
  assert.equal(pairs.length, 1)
  assert.equal(pairs[0]!.common, 60)
  assert.deepEqual(withoutAnswers, [])
  assert.throws(() => compareRuns([first, first]), { code: 'usage' })
})
