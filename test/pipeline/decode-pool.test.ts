import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Source } from '../../src/dataset/types.ts'
import { type DecodePool, decodePool, type PoolOptions } from '../../src/pipeline/decode-pool.ts'
import { decodeSource, type Picture } from '../../src/pipeline/decode-source.ts'
import { UserError } from '../../src/util/errors.ts'
import { encode, noisyImage, temporaryFolder } from './pictures.ts'

const preprocessing = { size: 8, fit: 'squash', background: [255, 255, 255] } as const
const rowBytes = 8 * 8 * 3
const faulty = new URL('./faulty-worker.js', import.meta.url)

function open(context: TestContext, options: Partial<PoolOptions> = {}): DecodePool {
  const pool = decodePool({ preprocessing, workers: 2, ...options })
  context.after(() => pool.close())
  return pool
}

/** Files with pictures of different sizes, one for each name; a name with "bad" gets text. */
async function files(context: TestContext, names: readonly string[]): Promise<Source[]> {
  const folder = temporaryFolder(context)
  const pictures = await Promise.all(
    [9, 10, 11, 12].map(side => encode(noisyImage(side, 7)).png().toBuffer()),
  )
  return names.map((name, i) => {
    const path = join(folder, name)
    writeFileSync(path, name.includes('bad') ? 'no image' : pictures[i % pictures.length]!)
    return { type: 'file', path }
  })
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}.png`)

interface Collected {
  readonly pixels: Map<number, Uint8Array>
  readonly failures: Map<number, UserError>
  /** All indices in the order in which they came. */
  readonly order: number[]
}

async function collect(pool: DecodePool, sources: Iterable<Picture>): Promise<Collected> {
  const collected: Collected = { pixels: new Map(), failures: new Map(), order: [] }
  for await (const chunk of pool.decode(sources)) {
    assert.equal(chunk.pixels.length, chunk.indices.length * rowBytes)
    for (const [place, index] of chunk.indices.entries()) {
      collected.pixels.set(index, chunk.pixels.subarray(place * rowBytes, (place + 1) * rowBytes))
    }
    for (const { index, error } of chunk.failures) collected.failures.set(index, error)
    const own = [...chunk.indices, ...chunk.failures.map(({ index }) => index)]
    collected.order.push(...own.sort((a, b) => a - b))
  }
  return collected
}

test('decodePool() gives what one thread gives, in order', async context => {
  const sources = await files(context, numbered(300))
  const { pixels, failures, order } = await collect(open(context), sources)
  assert.deepEqual(order, [...sources.keys()])
  assert.equal(failures.size, 0)
  for (const index of [0, 1, 2, 3, 64, 299]) {
    const alone = new Uint8Array(rowBytes)
    await decodeSource(sources[index]!, preprocessing, {}, alone)
    assert.deepEqual(pixels.get(index), alone)
  }
})

test('decodePool() reports each file that cannot be read, and goes on', async context => {
  const sources = await files(context, ['a.png', 'bad.png', 'c.png'])
  sources.push({ type: 'file', path: join('no', 'such', 'file.png') })
  const { pixels, failures } = await collect(open(context), sources)
  assert.deepEqual([...pixels.keys()], [0, 2])
  assert.deepEqual([...failures.keys()], [1, 3])
  const [bad, absent] = [...failures.values()]
  assert.ok(bad instanceof UserError && absent instanceof UserError)
  assert.match(bad.message, /^Cannot read ".*bad\.png" as an image: it holds text/)
  assert.ok(bad.hint)
  assert.match(absent.message, /file\.png": there is no such file/)
})

test('decodePool() takes bytes in memory beside files, and names them in errors', async context => {
  const [source] = await files(context, ['a.png'])
  assert.ok(source?.type === 'file')
  const sources: Picture[] = [
    source,
    { type: 'bytes', name: 'upload', bytes: new Uint8Array(readFileSync(source.path)) },
    { type: 'bytes', name: 'letter', bytes: new TextEncoder().encode('Dear all') },
  ]
  const { pixels, failures } = await collect(open(context), sources)
  assert.deepEqual(pixels.get(1), pixels.get(0))
  assert.match(failures.get(2)!.message, /^Cannot read "letter" as an image: it holds text/)
})

test('decodePool() survives workers that exit and throw, and charges the item that did it', async context => {
  const names = numbered(150)
  names[3] = 'exit-1.png'
  names[4] = 'exit-2.png'
  names[70] = 'throw.png'
  names[149] = 'exit-3.png'
  const sources = await files(context, names)
  const { pixels, failures, order } = await collect(open(context, { entry: faulty }), sources)
  assert.deepEqual(order, [...sources.keys()])
  assert.deepEqual([...failures.keys()], [3, 4, 70, 149])
  assert.match(failures.get(3)!.message, /exit-1\.png" as an image: its decoder ended with status 7/)
  assert.match(failures.get(70)!.message, /throw\.png" as an image: its decoder broke/)
  assert.equal(pixels.size, 146)
})

test('decodePool() ends a worker that hangs, and charges the item', async context => {
  const sources = await files(context, ['0.png', 'hang.png', '2.png'])
  const pool = open(context, { entry: faulty, limits: { seconds: 0 } }) // the grace of two seconds is added
  const { pixels, failures } = await collect(pool, sources)
  assert.deepEqual([...pixels.keys()], [0, 2])
  assert.match(failures.get(1)!.message, /hang\.png" as an image: decoding it took longer than 2 seconds/)
})

test('decodePool() fails when its workers cannot start', async context => {
  const entry = new URL('./no-such-module.js', import.meta.url)
  const sources = await files(context, ['0.png'])
  await assert.rejects(collect(open(context, { entry }), sources), /Internal: a decode worker did not start/)
})

test('decodePool() of many threads gives Node nothing to warn of', async context => {
  const warnings: Error[] = []
  const keep = (warning: Error): number => warnings.push(warning)
  process.on('warning', keep)
  context.after(() => process.off('warning', keep))
  const { order } = await collect(open(context, { workers: 6 }), await files(context, numbered(1300)))
  assert.equal(order.length, 1300)
  assert.deepEqual(warnings, [])
})

test('decodePool() takes sources a bounded way ahead of what it gives', async context => {
  const sources = await files(context, numbered(4))
  let taken = 0
  function* endless(): Generator<Source> {
    for (;;) yield sources[taken++ % sources.length]!
  }
  let given = 0
  for await (const { indices } of open(context).decode(endless())) {
    given += indices.length
    assert.ok(taken - given <= 2 * 3 * 64, `${taken} taken, ${given} given`)
    if (given > 2000) break
  }
})

test('decodePool() stops when its signal is aborted, before and while it works', async context => {
  const sources = await files(context, numbered(4))
  const pool = open(context)
  await assert.rejects(pool.decode(sources, AbortSignal.abort(new Error('stop'))).next(), /stop/)
  const controller = new AbortController()
  const many = Array.from({ length: 5000 }, (_, i) => sources[i % 4]!)
  await assert.rejects(async () => {
    for await (const _ of pool.decode(many, controller.signal)) controller.abort(new Error('enough'))
  }, /enough/)
  assert.equal((await collect(pool, sources)).pixels.size, 4)
})

test('decodePool() serves several readers at once', async context => {
  const sources = await files(context, numbered(150))
  const pool = open(context)
  const [a, b] = await Promise.all([collect(pool, sources), collect(pool, sources.slice(0, 10))])
  assert.equal(a!.pixels.size, 150)
  assert.deepEqual(b!.pixels.get(9), a!.pixels.get(9))
})

test('decodePool.close() ends readers with an "aborted" error', async context => {
  const sources = await files(context, numbered(2))
  const pool = decodePool({ preprocessing, workers: 1, entry: faulty })
  sources.push({ type: 'file', path: 'hang' })
  const next = pool.decode(sources).next()
  const ended = assert.rejects(next, (error: UserError) => error.code === 'aborted')
  await pool.close()
  await ended
})

test('decodePool() works from inside a worker thread', async context => {
  const [source] = await files(context, ['0.png'])
  const module = new URL('../../src/pipeline/decode-pool.js', import.meta.url)
  const script = `
    import { parentPort } from 'node:worker_threads'
    import { decodePool } from ${JSON.stringify(module.href)}
    const pool = decodePool({ preprocessing: ${JSON.stringify(preprocessing)}, workers: 1 })
    for await (const { indices } of pool.decode([${JSON.stringify(source)}])) parentPort.postMessage(indices)
    await pool.close()`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
  const message = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
  assert.deepEqual(message, [0])
  await worker.terminate()
})

test('an idle pool does not keep the process alive', async context => {
  const [source] = await files(context, ['0.png'])
  const module = new URL('../../src/pipeline/decode-pool.js', import.meta.url)
  const script = `
    import { decodePool } from ${JSON.stringify(module.href)}
    const pool = decodePool({ preprocessing: ${JSON.stringify(preprocessing)}, workers: 1 })
    for await (const { indices } of pool.decode([${JSON.stringify(source)}])) console.log(indices.length)`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  assert.deepEqual([stdout, status], ['1\n', 0], stderr)
})

test('decode() takes the memory of a picture that is given, and leaves that of another', async context => {
  const pool = open(context)
  const file = await encode(noisyImage(9, 7)).png().toBuffer()
  const kept: Picture = { type: 'bytes', name: 'kept', bytes: Uint8Array.from(file) }
  const given: Picture = { type: 'bytes', name: 'given', bytes: Uint8Array.from(file), isGiven: true }
  const pixels: Uint8Array[] = []
  for (const picture of [kept, given])
    for await (const chunk of pool.decode([picture])) pixels.push(chunk.pixels)
  assert.deepEqual(pixels[0], pixels[1])
  assert.deepEqual([kept.bytes.length, given.bytes.length], [file.length, 0])
})
