/** Distillation end to end, on drawn pictures, from a teacher with random weights. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type DistillRequest, distill } from '../../src/distill/distill.ts'
import type { DistillEvent, DistillRecord } from '../../src/distill/types.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import { readWeights } from '../../src/model/weights/read.ts'
import { tryLock } from '../../src/pipeline/lock.ts'
import { lockName } from '../../src/pipeline/row-store.ts'
import { UserError } from '../../src/util/errors.ts'
import { randomOf } from '../../src/util/random.ts'
import { writeImages } from '../train/made-images.ts'

const folder = mkdtempSync(join(tmpdir(), 'graft-distill-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const data = await writeImages(join(folder, 'images'), 24)

/** One convolution with random weights, whose planes are features and whose means, mixed, are logits. */
function writeTeacher(path: string): string {
  const random = randomOf(1, 'teacher')
  const drawn = (...shape: number[]) => {
    const count = shape.reduce((product, dim) => product * dim, 1)
    return tensorOf(
      'float32',
      shape,
      Float32Array.from({ length: count }, () => random.normal()),
    )
  }
  const g = graphBuilder('teacher')
  const image = g.input('image', 'float32', ['N', 3, 32, 32])
  const kernel = g.initializer('kernel', drawn(12, 3, 4, 4))
  g.add('Relu', [g.add('Conv', [image, kernel], { strides: [4, 4] })], {}, 'features')
  const pooled = g.add('Flatten', [g.add('GlobalAveragePool', ['features'])])
  g.add('Gemm', [pooled, g.initializer('dense', drawn(12, 5)), g.initializer('bias', drawn(5))], {}, 'logits')
  writeFileSync(path, writeOnnx(g.build(['features', 'logits'])))
  return path
}

const teacher = writeTeacher(join(folder, 'teacher.onnx'))

function request(run: string, more: Partial<DistillRequest> = {}): DistillRequest {
  return {
    teachers: [teacher],
    data,
    run: join(folder, run),
    cache: join(folder, `cache-${run}`),
    alpha: 0.1,
    size: 32,
    smallSize: 32,
    teacherSize: 32,
    smallEpochs: 2,
    epochs: 2,
    batchSize: 8,
    validation: 0.1,
    threads: 1,
    ...more,
  }
}

async function eventsOf(asked: DistillRequest): Promise<DistillEvent[]> {
  const events: DistillEvent[] = []
  for await (const event of distill(asked)) events.push(event)
  return events
}

const epochsOf = (events: readonly DistillEvent[]): DistillRecord[] =>
  events.flatMap(event => (event.event === 'epoch' ? [event] : []))

test('distill() lowers the loss, and its weights can be read', async () => {
  const events = await eventsOf(request('whole', { smallEpochs: 8, views: 1 }))
  const records = epochsOf(events)
  assert.equal(records.length, 10)
  assert.ok(records.at(-1)!.train.loss < 0.8 * records[0]!.train.loss, JSON.stringify(records))
  const { tensors } = await readWeights(join(folder, 'whole', 'student.safetensors'))
  assert.equal(tensors.size, 260)
})

test('distill() resumed gives the bits of an uninterrupted run', async () => {
  await eventsOf(request('through'))
  const stop = new AbortController()
  const stopped = async (): Promise<void> => {
    for await (const event of distill(request('halves', { signal: stop.signal }))) {
      if (event.event === 'progress' && event.stage === 'train' && event.epoch === 2) stop.abort()
    }
  }
  await assert.rejects(stopped(), (error: unknown) => error instanceof UserError && error.code === 'aborted')
  await eventsOf(request('halves', { resume: true }))
  const bytes = (run: string): Buffer => readFileSync(join(folder, run, 'student.safetensors'))
  assert.deepEqual(bytes('halves'), bytes('through'))
  const records = (run: string): unknown[] =>
    readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => ({ ...JSON.parse(line), seconds: 0 }))
  assert.deepEqual(records('halves'), records('through'))
})

test('distill() goes on from weights, and a step of hardly any length keeps them', async () => {
  const weights = join(folder, 'whole', 'student.safetensors')
  await eventsOf(request('further', { weights, smallEpochs: 0, epochs: 1, learningRate: 1e-9 }))
  const [before, after] = [weights, join(folder, 'further', 'student.safetensors')].map(readWeights)
  const kernels = [...(await before!).tensors].filter(([name]) => /kernel|gamma|beta/.test(name))
  for (const [name, { data }] of kernels) assert.deepEqual((await after!).tensors.get(name)!.data, data, name)
})

test('distill() tells that another process uses the cache', async () => {
  const asked = request('beside', { smallEpochs: 0, epochs: 1 })
  await eventsOf(asked)
  const views = join(asked.cache!, 'views')
  const releases = readdirSync(views).map(name => tryLock(join(views, name, lockName))!)
  const events = await eventsOf({ ...asked, run: join(folder, 'beside-second') })
  for (const release of releases) release()
  const notes = events.flatMap(event => (event.event === 'note' ? [event.message] : []))
  assert.match(notes.join(), /another process uses the cache/)
})

test('distill() refuses weights of another width', async () => {
  const wide = eventsOf(request('wide', { weights: 'embedded' }))
  await assert.rejects(wide, (error: unknown) => error instanceof UserError && error.code === 'weights')
})

test('distill() opens no image of the folders that are left out', async () => {
  const mixed = await writeImages(join(folder, 'mixed'), 24)
  mkdirSync(join(mixed, 'secret'))
  for (let at = 0; at < 10; at++) writeFileSync(join(mixed, 'secret', `${at}.png`), Buffer.from('no image'))
  const exclude = join(folder, 'exclude.txt')
  writeFileSync(exclude, 'secret\n')
  const events = await eventsOf(request('without', { data: mixed, exclude, smallEpochs: 0, epochs: 1 }))
  const start = events.find(event => event.event === 'start')
  assert.equal(start?.images, 48)
  const seen = JSON.parse(readFileSync(join(folder, 'without', 'run.json'), 'utf8')) as { without: string[] }
  assert.deepEqual(seen.without, ['secret'])
})

test('distill() refuses a teacher of another size, a list that names nothing, and a taken folder', async () => {
  const code = (wanted: string, text: RegExp) => (error: unknown) =>
    error instanceof UserError && error.code === wanted && text.test(error.message)
  await assert.rejects(eventsOf(request('large', { teacherSize: 64 })), code('model', /takes 32x32/))
  const exclude = join(folder, 'nothing.txt')
  writeFileSync(exclude, 'absent\n')
  await assert.rejects(eventsOf(request('nothing', { exclude })), code('data', /"absent"/))
  await assert.rejects(eventsOf(request('whole')), code('run', /holds a run already/))
  await assert.rejects(eventsOf(request('none', { resume: true })), code('run', /no run/))
})
