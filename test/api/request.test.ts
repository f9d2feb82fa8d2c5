/** What the library's calls say to options and data that cannot be used, and how often a training may be asked. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { distill } from '../../src/api/distill.ts'
import { evaluateRun } from '../../src/api/evaluate.ts'
import { type ExportOptions, exportRun } from '../../src/api/export.ts'
import { inspect } from '../../src/api/inspect.ts'
import { telling } from '../../src/api/telling.ts'
import { type TrainRequest, train } from '../../src/api/train.ts'
import { load } from '../../src/bundle/classifier.ts'
import { readDataset } from '../../src/dataset/dataset.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import { serve } from '../../src/serve/server.ts'
import type { Outcome, TrainEvent } from '../../src/train/types.ts'
import type { ErrorCode, UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-request-'))
const data = join(root, 'data')
const cache = join(root, 'cache')
const quick = { weights: 'random', alpha: 0.1, size: 32, epochs: [1, 0], threads: 1, cache } as const
before(() => writeImages(data, 8))
after(() => rmSync(root, { recursive: true, force: true }))

const refuses = (work: PromiseLike<unknown>, code: ErrorCode, message: RegExp): Promise<void> =>
  assert.rejects(Promise.resolve(work), (error: UserError) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })

test('train() refuses options of the wrong kind by their names, before it touches anything', async () => {
  const wrong: readonly [unknown, RegExp][] = [
    [{ run: '' }, /"run" cannot be "": wanted a text that is not empty/],
    [{ cache: '' }, /"cache"/],
    [{ exclude: 4 }, /"exclude" cannot be 4/],
    [{ labels: '' }, /"labels"/],
    [{ run: new URL('file:///x') }, /"run" cannot be "file:\/\/\/x"/],
    [{ signal: {} }, /"signal" cannot be {}: wanted an AbortSignal/],
    [{ epochs: Number.NaN }, /"epochs" cannot be NaN: wanted a whole number/],
    [{ batchSize: 10n }, /"batchSize" cannot be 10/],
    [{ sead: 1 }, /There is no option "sead"/],
    [() => 1, /Expected options by name. Received: a function/],
    [null, /Expected options by name. Received: null/],
  ]
  for (const [given, message] of wrong) {
    const request =
      typeof given === 'object' && given !== null ? { ...quick, run: join(root, 'never'), ...given } : given
    await refuses(train(data, request as TrainRequest), 'usage', message)
  }
  assert.ok(!existsSync(join(root, 'never')))
})

test('train() refuses what is no dataset, and labels that are no class', async () => {
  for (const given of [undefined, '', {}, 5, new URL('file:///x')])
    await refuses(train(given as never, quick), 'usage', /Expected a path or a dataset/)
  const dataset = await readDataset(data)
  const examples = dataset.examples.map((example, at) => (at === 3 ? { ...example, label: 9 } : example))
  const wrong: Dataset = { ...dataset, examples }
  await refuses(train(wrong, quick), 'data', /The label of "cold\/3.png" is 9, and there are 2 class names/)
  await refuses(train(dataset, { ...quick, labels: 'x.csv' }), 'usage', /"labels" has no effect/)
})

test('what a signal stops gives the code aborted, also before anything was read', async () => {
  const signal = AbortSignal.abort()
  const cold = join(root, 'cold-cache')
  await refuses(
    train(data, { ...quick, cache: cold, run: join(root, 'a'), signal }),
    'aborted',
    /was stopped/,
  )
  await refuses(inspect(data, { weights: 'random', cache: cold, signal }), 'aborted', /was stopped/)
})

test('a training may be awaited again, also after its events were heard or it failed', async () => {
  const training = train(data, { ...quick, run: join(root, 'twice') })
  const events: TrainEvent[] = []
  for await (const event of training) events.push(event)
  const outcomes = [await training, await training]
  const { event: _, ...done } = events.at(-1) as Outcome & { readonly event: string }
  assert.deepEqual(outcomes, [done, done])
  const failing = train(join(root, 'absent'), quick)
  for (const _ of [1, 2]) await refuses(failing, 'data', /absent/)
  const left = train(data, { ...quick, run: join(root, 'left') })
  for await (const _ of left) break
  await refuses(left, 'aborted', /was left/)
})

test('a run folder is free once a training is awaited, and where its listener leaves while pictures are read', async () => {
  const lock = (run: string): boolean => existsSync(join(run, 'run.lock'))
  const run = join(root, 'freed')
  await train(data, { ...quick, run })
  assert.ok(!lock(run))
  const released: string[] = []
  let finish = (): void => {}
  const work = (tell: (word: string) => void): Promise<string> => {
    tell('begun')
    return new Promise(resolve => (finish = () => resolve('lock')))
  }
  for await (const _ of telling(work, undefined, result => released.push(result))) break
  finish()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(released, ['lock'])
})

test('two trainings at once without a folder of their own take two', async () => {
  const before = process.cwd()
  process.chdir(root)
  try {
    const outcomes = await Promise.all([train(data, quick), train(data, quick)])
    assert.deepEqual(outcomes.map(({ run }) => run).sort(), [join('runs', 'data'), join('runs', 'data-2')])
  } finally {
    process.chdir(before)
  }
})

test('the calls on a run refuse options that make no sense', async () => {
  const run = join(root, 'twice')
  for (const threads of [0, -1, Number.NaN, 1.5]) {
    await refuses(load(run, { threads }), 'usage', /"threads"/)
    await refuses(load(run, { workers: threads }), 'usage', /"workers"/)
    await refuses(serve(run, { port: 0, workers: threads }), 'usage', /"workers"/)
  }
  const none = { pixels: Number.POSITIVE_INFINITY, memory: undefined }
  await (await load(run, { limits: none as object })).close()
  for (const port of [-1, 70_000, Number.NaN]) await refuses(serve(run, { port }), 'usage', /"port"/)
  const split = 'tset' as 'test'
  await refuses(evaluateRun(run, data, { split }), 'usage', /"split" cannot be "tset".*"test"/)
  const exports: readonly [object, RegExp][] = [
    [{ to: 'foo' }, /"to" cannot be "foo".*"web"/],
    [{}, /Expected a form to export to: web, onnx, tfjs/],
    [{ to: 'onnx', quantize: 'int4' }, /"quantize" cannot be "int4"/],
    [{ to: 'onnx', images: -1 }, /"images"/],
  ]
  for (const [options, message] of exports)
    await refuses(exportRun(run, options as ExportOptions), 'usage', message)
})

test('distill() looks for its teachers before it makes a folder', async () => {
  const run = join(root, 'student')
  const first = (teachers: string[]): Promise<unknown> => distill({ teachers, data, run, cache }).next()
  await refuses(first([join(root, 'typo.onnx')]), 'model', /typo.onnx": there is no such file/)
  await refuses(first([]), 'usage', /"teachers" cannot be \[\]/)
  assert.ok(!existsSync(run))
})
