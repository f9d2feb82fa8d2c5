import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { decodePool } from '../../src/pipeline/decode-pool.ts'
import { type ClassifyQueue, classifyQueue } from '../../src/serve/classify-queue.ts'
import type { Inference } from '../../src/serve/inference.ts'
import type { Row, Verdict } from '../../src/serve/inference-protocol.ts'
import { ThreadDied } from '../../src/serve/inference-thread.ts'
import type { Upload } from '../../src/serve/uploads.ts'
import { encode, smoothImage } from '../pipeline/pictures.ts'
import { bundle, png } from './made-server.ts'

const { facts } = loadBundle(bundle)
const verdict: Verdict = { probabilities: Float32Array.of(1, 0, 0), unfamiliarity: null, unknown: false }
const waits = (): boolean => false

const small = await png()
const large = new Uint8Array(await encode(smoothImage(800, 600)).jpeg().toBuffer())
const upload = (bytes: Uint8Array): Upload => ({ type: 'bytes', name: 'it', bytes: Uint8Array.from(bytes) })

/** A queue before a network that answers as it is told, and what that was asked. */
function queueOf(
  context: TestContext,
  answer: (rows: readonly Row[]) => readonly (Verdict | null)[],
): [ClassifyQueue, (readonly Row['type'][])[]] {
  const asked: (readonly Row['type'][])[] = []
  const inference: Inference = {
    facts,
    explains: false,
    threads: { alive: 1, wanted: 1 },
    isFree: true,
    async run(rows) {
      asked.push(rows.map(({ type }) => type))
      return answer(rows)
    },
    onChange() {},
    async close() {},
  }
  const pool = decodePool({ preprocessing: facts.preprocessing, workers: 1 })
  context.after(() => pool.close())
  return [classifyQueue({ pool, inference, workers: 1, most: 10 }), asked]
}

test('classify() gives thumbnails to the network as they are, and other pictures as squares', async context => {
  const [queue, asked] = queueOf(context, rows => rows.map(() => verdict))
  await queue.classify([upload(small), upload(large), upload(small)], false, waits)
  assert.deepEqual(asked, [['thumbnail', 'thumbnail'], ['square']])
  assert.equal(queue.length, 0)
})

test('classify() has a thumbnail decoded elsewhere when the network cannot read it', async context => {
  const [queue, asked] = queueOf(context, rows =>
    rows.map(({ type }) => (type === 'square' ? verdict : null)),
  )
  const [whole, cut] = await queue.classify([upload(small), upload(small.subarray(0, 100))], false, waits)
  assert.equal(whole!.verdict, verdict)
  assert.equal(cut!.error!.code, 'image')
  assert.deepEqual(asked, [['thumbnail', 'thumbnail'], ['square']])
})

test('classify() has thumbnails decoded elsewhere when a thread died of one of them', async context => {
  const [queue, asked] = queueOf(context, rows => {
    if (rows[0]!.type === 'thumbnail') throw new ThreadDied('it died')
    return rows.map(() => verdict)
  })
  const outcomes = await queue.classify([upload(small), upload(small)], false, waits)
  assert.ok(outcomes.every(outcome => outcome.verdict === verdict))
  assert.deepEqual(asked, [
    ['thumbnail', 'thumbnail'],
    ['square', 'square'],
  ])
})

test('classify() says that the network is being started again when a thread died of squares', async context => {
  const [queue] = queueOf(context, () => {
    throw new ThreadDied('it died')
  })
  await assert.rejects(queue.classify([upload(large)], false, waits), { status: 503, code: 'restarting' })
  assert.equal(queue.length, 0)
})
