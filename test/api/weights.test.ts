/** Weights that a training fetches: told while they come, stopped when asked, and absent until they are whole. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { train } from '../../src/api/train.ts'
import { embeddedBackbone } from '../../src/model/embedded/backbone.ts'
import { weightsCache } from '../../src/model/weights/published.ts'
import { publishedFor } from '../../src/model/weights/registry.ts'
import type { TrainEvent } from '../../src/train/types.ts'
import type { UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-fetched-'))
process.env['GRAFT_CACHE'] = join(root, 'cache')
before(() => writeImages(join(root, 'data'), 4))
after(() => rmSync(root, { recursive: true, force: true }))

const weights = publishedFor(0.5, 96).id
const totalBytes = 4000

/** A connection that delivers a quarter of the file and then stays silent until it is given up. */
async function slowFetch(_: unknown, init?: RequestInit): Promise<Response> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(totalBytes / 4))
      init!.signal!.addEventListener('abort', () => controller.error(init!.signal!.reason))
    },
  })
  return new Response(body, { headers: { 'content-length': String(totalBytes) } })
}

test('train() tells how far a download of weights is, and stops it when asked', async context => {
  context.mock.method(globalThis, 'fetch', slowFetch)
  const stopping = new AbortController()
  const events: TrainEvent[] = []
  const work = async (): Promise<void> => {
    const run = join(root, 'run')
    for await (const event of train(join(root, 'data'), { weights, run, signal: stopping.signal })) {
      events.push(event)
      stopping.abort()
    }
  }
  await assert.rejects(work(), (error: UserError) => error.code === 'aborted')
  const nowhere = { phase: null, epoch: null, epochs: null }
  assert.deepEqual(events, [
    { event: 'progress', stage: 'download', ...nowhere, done: totalBytes / 4, total: totalBytes },
  ])
  assert.ok(!existsSync(join(root, 'run')))
  assert.deepEqual(readdirSync(weightsCache(process.env)), [`${publishedFor(0.5, 96).fileName}.part`])
})

test('train() gives up a download when nobody listens any more', async context => {
  const signals: AbortSignal[] = []
  context.mock.method(globalThis, 'fetch', (url: unknown, init?: RequestInit) => {
    signals.push(init!.signal!)
    return slowFetch(url, init)
  })
  for await (const event of train(join(root, 'data'), { weights })) {
    assert.equal(event.event, 'progress')
    break
  }
  assert.equal(signals.at(-1)!.aborted, true)
})

test('train() fetches nothing for the weights that come with it', async context => {
  const fetching = context.mock.method(globalThis, 'fetch', slowFetch)
  const data = join(root, 'data')
  for await (const event of train(data, { weights: embeddedBackbone().id, run: join(root, 'own') })) {
    if (event.event === 'start') break
  }
  assert.equal(fetching.mock.callCount(), 0)
})
