/** Cross-validation end to end: every example is answered once by a network that never saw it, also after a stop. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { train } from '../../src/api/train.ts'
import { readCrossValidation } from '../../src/report/cross-validation-file.ts'
import { readPredictions } from '../../src/report/predictions.ts'
import { readRunRecord } from '../../src/train/run-folder.ts'
import type { Outcome, TrainEvent } from '../../src/train/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { formatPercent } from '../../src/util/format.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-folds-'))
const at = (...names: string[]): string => join(root, ...names)
const [data, run, cache] = [at('data'), at('run'), at('cache')]
const options = {
  weights: 'random',
  alpha: 0.1,
  size: 32,
  epochs: 1,
  fineTuneAt: 'none',
  augment: 'none',
  threads: 1,
  groupDuplicates: false,
  cache,
} as const
let outcome: Outcome

/** Stops after the first fold, then goes on: what is to come is decided when the run begins. */
before(async () => {
  await writeImages(data, 10)
  const stopping = new AbortController()
  const stopped = async (): Promise<void> => {
    for await (const event of train(data, { ...options, run, folds: 2, signal: stopping.signal }))
      if (isFold(event)) stopping.abort()
  }
  await assert.rejects(stopped(), (error: UserError) => error.code === 'aborted')
  outcome = await train(data, { run, cache, resume: true })
})
after(() => rmSync(root, { recursive: true, force: true }))

const isFold = (event: TrainEvent): boolean => event.event === 'note' && event.message.startsWith('Fold 1')

test('train() with folds answers each example once, by a network that was not trained or validated on it', () => {
  const saved = readPredictions(at('run', 'folds'), ['cold', 'warm'])
  assert.equal(new Set(saved.map(({ id }) => id)).size, 20)
  assert.equal(saved.length, 20)
  for (const fold of ['1', '2']) {
    const own = readRunRecord(at('run', 'folds', fold)).data
    assert.deepEqual(own.examples, { train: 9, validation: 1, test: 10 })
    assert.ok(own.validation.every(id => !own.test.includes(id)))
  }
  const tested = ['1', '2'].flatMap(fold => readRunRecord(at('run', 'folds', fold)).data.test)
  assert.deepEqual(
    tested,
    saved.map(({ id }) => id),
  )
})

test('train() with folds gives the figures of all folds, and those of its own classifier apart', () => {
  const pooled = outcome.crossValidation!
  assert.deepEqual([pooled.folds, pooled.examples, pooled.perFold.length], [2, 20, 2])
  assert.equal(pooled.accuracy, (pooled.perFold[0]! + pooled.perFold[1]!) / 2)
  assert.deepEqual(readCrossValidation(run), pooled)
  assert.equal(outcome.examples, 2)
  assert.equal(readRunRecord(run).plan.phases.length, 1)
})

test('train() with folds shows their figures in the report and the model card', () => {
  const accuracy = formatPercent(outcome.crossValidation!.accuracy, 2)
  const [report, card] = ['report.html', 'README.md'].map(name => readFileSync(at('run', name), 'utf8'))
  const text = report!.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  assert.ok(text.includes(`none of those networks. Accuracy ${accuracy}`))
  assert.match(card!, /### By cross-validation/)
  assert.ok(card!.includes(accuracy))
  for (const fold of ['1', '2'])
    assert.doesNotMatch(readFileSync(at('run', 'folds', fold, 'report.html'), 'utf8'), /id="folds"/)
})

test('train() refuses more folds than the smallest class has examples', async () => {
  await assert.rejects(
    async () => train(data, { ...options, run: at('many'), folds: 11 }),
    (error: UserError) => error.code === 'usage' && /Cannot make 11 folds/.test(error.message),
  )
})
