/** Training from code, end to end on made pictures: outcome, determinism, and interruption. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { train } from '../../src/api/train.ts'
import { load } from '../../src/bundle/classifier.ts'
import type { TrainOptions } from '../../src/train/options.ts'
import { readMetrics } from '../../src/train/run-folder.ts'
import type { TrainEvent } from '../../src/train/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-train-'))
const data = join(root, 'data')
const cache = join(root, 'cache')
const options: TrainOptions = {
  weights: 'random',
  alpha: 0.1,
  size: 32,
  epochs: [4, 3],
  batchSize: 8,
  fineTuneAt: 'block_14_expand_BN',
  learningRate: 0.005,
  validation: 0.25,
  augment: 'light',
  views: 2,
  threads: 1,
}
/** The shipped graph folds batch norm and sums in another order. */
const float32Rounding = 1e-4
before(() => writeImages(data, 20))
after(() => rmSync(root, { recursive: true, force: true }))

const runAt = (name: string): string => join(root, name)
const bytesOf = (run: string, file: string): Buffer => readFileSync(join(run, file))
const measured = (run: string): unknown => readMetrics(run).map(({ seconds, ...record }) => record)

/** Stops a run at its n-th event that the condition picks, and waits for its end. */
async function stopAt(run: string, pick: (event: TrainEvent) => boolean): Promise<void> {
  const stopping = new AbortController()
  const work = async (): Promise<void> => {
    for await (const event of train(data, { ...options, run, cache, signal: stopping.signal })) {
      if (pick(event)) stopping.abort()
    }
  }
  await assert.rejects(work(), (error: UserError) => error.code === 'aborted')
}

test('train() gives a run folder that is whole, and a classifier that answers as the trainer did', async () => {
  const run = runAt('whole')
  const outcome = await train(data, { ...options, run, cache })
  for (const file of [
    'run.json',
    'metrics.jsonl',
    'best.onnx',
    'last.onnx',
    'evaluation.json',
    'curves.svg',
    'curves.png',
    'README.md',
  ]) {
    assert.ok(existsSync(join(run, file)), file)
  }
  const records = readMetrics(run)
  assert.equal(records.length, 7)
  assert.ok(records.at(-1)!.train.loss < records[0]!.train.loss)
  const best = records.find(({ epoch }) => epoch === outcome.bestEpoch)!
  assert.equal(outcome.accuracy, best.validation!.accuracy)
  assert.ok(Math.abs(outcome.loss! - best.validation!.loss) < float32Rounding)
  const classifier = await load(run)
  const answers = await classifier.classify(join(data, 'warm', '0.png'))
  assert.deepEqual(answers.map(({ label }) => label).sort(), ['cold', 'warm'])
  await classifier.close()
})

test('train() gives no figures of fewer held-out images than it validated on, and finishes once they are back', async () => {
  const [lost, aside] = [join(root, 'lost'), join(root, 'aside')]
  const [run, given] = [runAt('lost-run'), { ...options, epochs: [2, 0], cache }] as const
  await writeImages(lost, 20)
  const watch = async (skipBad: boolean): Promise<TrainEvent[]> => {
    const events: TrainEvent[] = []
    const folder = skipBad ? runAt('lost-skipped') : run
    for await (const event of train(lost, { ...given, skipBad, run: folder })) {
      events.push(event)
      if (event.event === 'epoch' && event.epoch === 1) renameSync(join(lost, 'cold'), aside)
    }
    return events
  }
  await assert.rejects(watch(false), (error: UserError) => {
    assert.match(
      error.message,
      /^The network is trained, but 5 of 10 validation images cannot be read any more: /,
    )
    return error.code === 'data'
  })
  renameSync(aside, join(lost, 'cold'))
  const { examples } = await train(lost, { run, resume: true, cache })
  assert.equal(examples, 10)
  const notes = (await watch(true)).flatMap(event => (event.event === 'note' ? event.message : []))
  assert.ok(
    notes.some(note => note.startsWith('The final figures are without 5 of 10 held-out images')),
    notes.join(),
  )
})

test('train() ends with a note where test images are none: they are opened at the end', async () => {
  const splits = join(root, 'splits')
  for (const [at, split] of ['train', 'val', 'test'].entries()) await writeImages(join(splits, split), 6, at)
  for (const at of [0, 1]) writeFileSync(join(splits, 'test', 'cold', `${at}.png`), 'no picture')
  const notes: string[] = []
  const training = train(splits, { ...options, epochs: [1, 0], run: runAt('junk-tests'), cache })
  for await (const event of training) if (event.event === 'note') notes.push(event.message)
  assert.equal((await training).examples, 12)
  assert.match(
    notes.at(-1)!,
    /^The final figures are without 2 of 24 held-out images, which cannot be read: /,
  )
})

test('train() gives the same bytes for the same seed, whether or not the cache is warm', async () => {
  await train(data, { ...options, run: runAt('again'), cache: join(root, 'other-cache') })
  for (const file of ['best.onnx', 'last.onnx']) {
    assert.ok(bytesOf(runAt('whole'), file).equals(bytesOf(runAt('again'), file)), file)
  }
  assert.deepEqual(measured(runAt('whole')), measured(runAt('again')))
})

const moments: Readonly<Record<string, (event: TrainEvent) => boolean>> = {
  'in the middle of an epoch of the head': event =>
    event.event === 'progress' && event.stage === 'train' && event.epoch === 2,
  'after an epoch of fine-tuning': event => event.event === 'epoch' && event.epoch === 6,
  'while it makes the second view': event =>
    event.event === 'progress' && event.stage === 'features' && event.total === 30,
  'when fine-tuning begins': event => event.event === 'phase' && event.phase === 'fine-tune',
}
for (const [moment, pick] of Object.entries(moments)) {
  test(`train() resumes to the bits of an uninterrupted run when stopped ${moment}`, async () => {
    const run = runAt(moment.replaceAll(' ', '-'))
    await stopAt(run, pick)
    await train(data, { run, cache, resume: true })
    for (const file of ['best.onnx', 'last.onnx']) {
      assert.ok(bytesOf(runAt('whole'), file).equals(bytesOf(run, file)), file)
    }
    assert.deepEqual(measured(runAt('whole')), measured(run))
  })
}

test('train() refuses a folder that holds a run', async () => {
  await assert.rejects(
    async () => train(data, { ...options, run: runAt('whole'), cache }),
    (error: UserError) => {
      assert.match(error.message, /holds a run already/)
      assert.match(error.hint!, /--resume/)
      return error.code === 'run'
    },
  )
})

test('train() refuses a folder that holds something else', async () => {
  await assert.rejects(
    async () => train(data, { ...options, run: data, cache }),
    (error: UserError) => error.code === 'run' && /holds other files than a run's/.test(error.message),
  )
})

test('train() refuses a run folder that is a plain file, or lies where none can be', async () => {
  const file = join(root, 'plain')
  writeFileSync(file, '')
  const refuses = (run: string, code: string): Promise<void> =>
    assert.rejects(
      async () => train(data, { ...options, run, cache }),
      (error: UserError) => error.code === code && error.message.includes(`"${run}"`),
    )
  await refuses(file, 'run')
  await refuses(join(file, 'run'), 'storage')
  if (process.platform === 'linux') await refuses('/proc/graft/run', 'storage')
})

test('train() refuses to resume over data that has changed, and names the files', async () => {
  const bytes = (name: string): Buffer => readFileSync(join(data, 'warm', `${name}.png`))
  const [gone, changed, other] = [bytes('1'), bytes('2'), bytes('3')]
  writeFileSync(join(data, 'warm', 'extra.png'), gone)
  rmSync(join(data, 'warm', '1.png'))
  writeFileSync(join(data, 'warm', '2.png'), other)
  await assert.rejects(
    async () => train(data, { run: runAt('whole'), cache, resume: true }),
    (error: UserError) => {
      const differences =
        '1 file was added ("warm/extra.png"), 1 file is gone ("warm/1.png"), 1 file has other content ("warm/2.png")'
      assert.equal(error.message, `Cannot resume "${runAt('whole')}": the data has changed: ${differences}`)
      return error.code === 'data'
    },
  )
  rmSync(join(data, 'warm', 'extra.png'))
  writeFileSync(join(data, 'warm', '1.png'), gone)
  writeFileSync(join(data, 'warm', '2.png'), changed)
})

test('train() refuses to resume from a checkpoint that was altered', async () => {
  const run = runAt('after-an-epoch-of-fine-tuning')
  const path = join(run, 'checkpoint', 'state.safetensors')
  const bytes = readFileSync(path)
  bytes[bytes.length - 5]! ^= 1
  writeFileSync(path, bytes)
  await assert.rejects(async () => train(data, { run, cache, resume: true }), /does not match its checksum/)
})
