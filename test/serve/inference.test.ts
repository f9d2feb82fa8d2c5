/** That a thread of the network may die, and what is then answered. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Inference, type InferenceOptions, startInference } from '../../src/serve/inference.ts'
import type { Row } from '../../src/serve/inference-protocol.ts'
import { ThreadDied } from '../../src/serve/inference-thread.ts'
import { serve } from '../../src/serve/server.ts'
import { bundle, png, post } from './made-server.ts'

const image = await png()
const row: Row = { type: 'thumbnail', bytes: image }
/** A thread that answers, but for a batch whose first byte tells it to die, to hang while it decodes, or to fail. */
const entry = new URL('./made-inference.js', import.meta.url)
const told = (word: 'die' | 'hang' | 'fail'): Row => ({
  type: 'thumbnail',
  bytes: new TextEncoder().encode(word),
})

async function started(context: TestContext, options: Partial<InferenceOptions> = {}): Promise<Inference> {
  const usual = { model: bundle, threads: 1, decodeSeconds: 10, pauses: [10] }
  const inference = await startInference({ ...usual, ...options })
  context.after(() => inference.close())
  return inference
}

/** Resolves once so many threads live. */
async function alive(inference: Inference, count: number): Promise<void> {
  while (inference.threads.alive !== count) await pause(5)
}

test('startInference() answers on as many threads as were asked for, each batch with its own rows', async context => {
  const inference = await started(context, { threads: 2 })
  assert.deepEqual(inference.threads, { alive: 2, wanted: 2 })
  const one = inference.run([row, { type: 'thumbnail', bytes: image.subarray(0, 50) }], false)
  const other = inference.run([row], true)
  const more = [inference.run([row], false), inference.run([row], false)]
  assert.equal(inference.isFree, false)
  const [[first, unread], [second]] = await Promise.all([one, other])
  assert.equal(unread, null)
  assert.deepEqual(first!.probabilities, second!.probabilities)
  assert.ok(second!.heat)
  for (const [verdict] of await Promise.all(more))
    assert.deepEqual(verdict!.probabilities, first!.probabilities)
  assert.equal(inference.isFree, true)
})

test('a thread that dies fails its batch, and is started again as often as there are pauses', async context => {
  const inference = await started(context, { entry, pauses: [10, 10] })
  for (let death = 0; death < 2; death++) {
    await assert.rejects(inference.run([told('die')], false), ThreadDied)
    assert.deepEqual([inference.threads.alive, inference.isFree], [0, false])
    await alive(inference, 1)
    assert.equal((await inference.run([row], false)).length, 1)
  }
  await assert.rejects(inference.run([told('die')], false), ThreadDied)
  await pause(100)
  assert.equal(inference.threads.alive, 0)
})

test('a thread that hangs while it decodes is ended and started again', async context => {
  const inference = await started(context, { entry, decodeSeconds: 0.01 })
  await assert.rejects(inference.run([told('hang')], false), ThreadDied)
  await alive(inference, 1)
})

test('a batch that fails harms no other', async context => {
  const inference = await started(context, { entry })
  await assert.rejects(inference.run([told('fail')], false), { code: 'model' })
  assert.equal((await inference.run([row], false)).length, 1)
})

/** The threads that are started meanwhile, with the network or without. */
async function threadsOf<T>(work: () => Promise<T>): Promise<[T, Worker[]]> {
  const workers: Worker[] = []
  const note = (worker: Worker): void => void workers.push(worker)
  process.on('worker', note)
  const result = await work()
  process.off('worker', note)
  return [result, workers]
}

test('a server whose network dies says so, refuses with 503, and answers once it lives again', async context => {
  const [server, workers] = await threadsOf(() => serve(bundle, { port: 0, threads: 1, workers: 1 }))
  context.after(() => server.close())
  const health = async (): Promise<[number, { status: string }]> => {
    const response = await fetch(`${server.url}/healthz`)
    return [response.status, (await response.json()) as { status: string }]
  }
  assert.equal((await health())[0], 200)
  await workers[0]!.terminate()
  assert.deepEqual(await health(), [503, { status: 'down', images: 0, threads: { alive: 0, wanted: 1 } }])
  const refused = await post(`${server.url}/v1/classify`, image)
  assert.deepEqual([refused.status, refused.body.error!.code], [503, 'restarting'])
  assert.equal(refused.headers.get('retry-after'), '2')
  await once(process, 'worker')
  while ((await health())[0] === 503) await pause(20)
  assert.equal((await post(`${server.url}/v1/classify`, image)).status, 200)
})

test('a server with a thread left goes on without the other', async context => {
  const [server, workers] = await threadsOf(() => serve(bundle, { port: 0, threads: 2, workers: 1 }))
  context.after(() => server.close())
  const before = await post(`${server.url}/v1/classify`, image)
  await workers[0]!.terminate()
  const response = await fetch(`${server.url}/healthz`)
  assert.deepEqual(
    [response.status, ((await response.json()) as { status: string }).status],
    [200, 'degraded'],
  )
  assert.deepEqual((await post(`${server.url}/v1/classify`, image)).body, before.body)
})
