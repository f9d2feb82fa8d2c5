import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type Download, type Downloaded, downloadFile } from '../../../src/model/weights/download.ts'
import { type Answer, file, serve, status } from './server.ts'
import { temporaryFolder, userError } from './support.ts'

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251)
const sha256 = createHash('sha256').update(content).digest('hex')

interface Trial {
  readonly destination: string
  readonly ranges: readonly (string | undefined)[]
  readonly pauses: number[]
  run(more?: Partial<Download>): Promise<Downloaded>
}

/** A download from a server that gives the answers in turn; pauses are recorded, not waited. */
async function trial(t: TestContext, ...answers: Answer[]): Promise<Trial> {
  const { url, ranges } = await serve(t, ...answers)
  const destination = join(temporaryFolder(t), 'cache', 'weights.h5')
  const pauses: number[] = []
  const sleep = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds)
  const run = (more: Partial<Download> = {}): Promise<Downloaded> =>
    downloadFile({ url, sha256, bytes: content.length, destination, sleep, ...more })
  return { destination, ranges, pauses, run }
}

/** Nothing but the finished file is left in the folder. */
function assertWhole({ destination }: Trial): void {
  assert.deepEqual(new Uint8Array(readFileSync(destination)), content)
  assert.deepEqual(readdirSync(join(destination, '..')), ['weights.h5'])
}

test('downloadFile() makes the folder, stores the file and tells its progress', async t => {
  const attempt = await trial(t, file(content))
  const received: number[] = []
  const result = await attempt.run({
    onProgress: progress => {
      assert.equal(progress.total, content.length)
      received.push(progress.received)
    },
  })
  assert.deepEqual(result, { path: attempt.destination, sha256, cached: false })
  assertWhole(attempt)
  assert.equal(received.at(-1), content.length)
  assert.deepEqual(
    received,
    received.toSorted((a, b) => a - b),
  )
})

test('downloadFile() asks nobody when the file is there, and replaces one that is wrong', async t => {
  const attempt = await trial(t, file(content))
  await attempt.run()
  assert.equal((await attempt.run()).cached, true)
  assert.equal(attempt.ranges.length, 1)
  writeFileSync(attempt.destination, content.slice().fill(0, 5, 6))
  assert.equal((await attempt.run()).cached, false)
  assertWhole(attempt)
})

test('downloadFile() goes on where the connection was cut, in the same run', async t => {
  const attempt = await trial(
    t,
    file(content, { cutAfter: 70_000 }),
    file(content, { cutAfter: 1_000 }),
    file(content),
  )
  await attempt.run()
  assertWhole(attempt)
  assert.equal(attempt.ranges[0], undefined)
  const starts = attempt.ranges.slice(1).map(range => Number(/bytes=(\d+)-/.exec(range!)![1]))
  assert.ok(starts[0]! > 0 && starts[1]! >= starts[0]! && starts[1]! <= 71_000, `${starts}`)
  assert.deepEqual(attempt.pauses, [500, 500])
})

test('downloadFile() outlasts any number of cuts while each brings it forward', async t => {
  const attempt = await trial(t, file(content, { cutAfter: 30_000 }))
  await attempt.run({ bytes: null })
  assertWhole(attempt)
  assert.ok(attempt.ranges.length > 4)
})

test('downloadFile() goes on where an earlier run was stopped, and progress counts what was there', async t => {
  const attempt = await trial(t, file(content, { cutAfter: 70_000 }), file(content))
  const stop = new AbortController()
  const stopped = attempt.run({
    signal: stop.signal,
    onProgress: ({ received }) => received > 50_000 && stop.abort(),
  })
  await assert.rejects(stopped, userError('aborted', /was stopped/))
  assert.ok(!existsSync(attempt.destination))
  let first = 0
  await attempt.run({ onProgress: ({ received }) => (first ||= received) })
  assertWhole(attempt)
  assert.ok(first > 50_000)
  assert.match(attempt.ranges[1]!, /^bytes=\d{5}-$/)
})

test('downloadFile() begins again when the file has changed on the server', async t => {
  const old = file(
    content.map(byte => 255 - byte),
    { etag: '"old"', cutAfter: 70_000 },
  )
  const attempt = await trial(t, old, file(content, { etag: '"new"' }))
  await attempt.run()
  assertWhole(attempt)
  assert.match(attempt.ranges[1]!, /^bytes=/)
})

for (const [what, options] of [
  ['gives no validator', { etag: null }],
  ['gives a weak one', { etag: 'W/"v1"' }],
  ['knows no ranges', { ranges: false }],
] as const) {
  test(`downloadFile() begins again after a cut when the server ${what}`, async t => {
    const attempt = await trial(t, file(content, { ...options, cutAfter: 70_000 }), file(content, options))
    await attempt.run()
    assertWhole(attempt)
    assert.equal(attempt.ranges.length, 2)
  })
}

test('downloadFile() drops a part that the server would continue elsewhere', async t => {
  const wrongPlace: Answer = (_request, response) =>
    response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345')
  const attempt = await trial(t, file(content, { cutAfter: 70_000 }), wrongPlace, file(content))
  await attempt.run()
  assertWhole(attempt)
  assert.equal(attempt.ranges[2], undefined)
})

test('downloadFile() needs no byte more when the part was whole before the rename', async t => {
  const attempt = await trial(t, file(content, { cutAfter: 70_000 }), file(content))
  const stop = new AbortController()
  await assert.rejects(
    attempt.run({ signal: stop.signal, onProgress: () => stop.abort() }),
    userError('aborted', /stopped/),
  )
  writeFileSync(`${attempt.destination}.part`, content)
  await attempt.run()
  assertWhole(attempt)
  assert.equal(attempt.ranges[1], `bytes=${content.length}-`)
})

test('downloadFile() tries again after 503 and 429, as late as the server asks', async t => {
  const attempt = await trial(t, status(503), status(429, { 'retry-after': '7' }), file(content))
  await attempt.run()
  assertWhole(attempt)
  assert.deepEqual(attempt.pauses, [500, 7000])
})

test('downloadFile() gives up after four attempts, and says where to put the file by hand', async t => {
  const attempt = await trial(t, status(503))
  const message =
    /Cannot download ".*weights.h5": the server answers 503 \| .*or put the file at ".*weights.h5" by hand/
  await assert.rejects(attempt.run(), userError('network', message))
  assert.equal(attempt.ranges.length, 4)
})

test('downloadFile() does not try again after 404, and leaves nothing', async t => {
  const attempt = await trial(t, status(404))
  await assert.rejects(attempt.run(), userError('network', /answers 404 \| .*put it at/))
  assert.equal(attempt.ranges.length, 1)
  assert.deepEqual(readdirSync(join(attempt.destination, '..')), [])
})

test('downloadFile() follows redirects', async t => {
  const attempt = await trial(t, status(302, { location: '/elsewhere' }), file(content))
  await attempt.run()
  assertWhole(attempt)
})

test('downloadFile() knows a web page from a file', async t => {
  const page: Answer = (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>')
  const attempt = await trial(t, page)
  await assert.rejects(
    attempt.run({ bytes: null, sha256: null }),
    userError('network', /a web page, not the file \| a login page/),
  )
  assert.ok(!existsSync(attempt.destination))
})

test('downloadFile() refuses a file of another size before storing any of it', async t => {
  const attempt = await trial(t, file(content))
  await assert.rejects(attempt.run({ bytes: 7 }), userError('network', /has 200000 bytes, not 7/))
  assert.deepEqual(readdirSync(join(attempt.destination, '..')), [])
})

test('downloadFile() refuses a file with another checksum, and removes it', async t => {
  const attempt = await trial(t, file(content.map(byte => byte ^ 1)), file(content))
  await assert.rejects(
    attempt.run(),
    userError('network', new RegExp(`its SHA-256 is [0-9a-f]{64}, not ${sha256}`)),
  )
  assert.deepEqual(readdirSync(join(attempt.destination, '..')), [])
  await attempt.run()
  assertWhole(attempt)
})

/** An answer without a length, in chunks. */
const chunked =
  (...parts: Uint8Array[]): Answer =>
  (_request, response) => {
    response.writeHead(200)
    for (const part of parts) response.write(part)
    response.end()
  }

test('downloadFile() takes a file whose length the server does not say', async t => {
  const attempt = await trial(t, chunked(content.slice(0, 100), content.slice(100)))
  await attempt.run({ bytes: null })
  assertWhole(attempt)
})

test('downloadFile() stops a body that does not end where it should', async t => {
  const attempt = await trial(t, chunked(content, content))
  await assert.rejects(attempt.run(), userError('network', /sends more than 200000 bytes/))
})

test('downloadFile() takes a silent server for a cut connection', async t => {
  const silent: Answer = () => {}
  const halfSilent: Answer = (_request, response) => {
    response
      .writeHead(200, { 'content-length': content.length, etag: '"v1"' })
      .write(content.subarray(0, 70_000))
  }
  const attempt = await trial(t, silent, halfSilent, file(content))
  await attempt.run({ stallMilliseconds: 250 })
  assertWhole(attempt)
  assert.match(attempt.ranges[2]!, /^bytes=70000-$/)
})

test('downloadFile() says that the machine may be off-line when no server is found', async t => {
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND example.invalid'), { code: 'ENOTFOUND' })
  const attempt = await trial(t, status(404))
  const fetch = async (): Promise<Response> => {
    throw new TypeError('fetch failed', { cause })
  }
  await assert.rejects(
    attempt.run({ fetch }),
    userError('network', /cannot be found; this machine may be off-line \| check the connection/),
  )
})

test('downloadFile() says what is wrong when the server refuses connections', async t => {
  const attempt = await trial(t, status(404))
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  await promisify(gone.close.bind(gone))()
  const url = `http://127.0.0.1:${port}/x`
  await assert.rejects(attempt.run({ url }), userError('network', /Cannot download "http.*": .*ECONNREFUSED/))
})

test('downloadFile() lets one process work at a time, and takes over from one that is gone', async t => {
  const attempt = await trial(t, file(content))
  await attempt.run()
  writeFileSync(attempt.destination, 'wrong')
  writeFileSync(`${attempt.destination}.lock`, String(process.pid))
  await assert.rejects(attempt.run(), userError('storage', /Another process \(\d+\) is at work .*remove/))
  writeFileSync(`${attempt.destination}.lock`, '2147483647')
  await attempt.run()
  assertWhole(attempt)
})

test('downloadFile() says so when the cache cannot be written', async t => {
  const attempt = await trial(t, file(content))
  const folder = join(temporaryFolder(t), 'a-file')
  writeFileSync(folder, '')
  await assert.rejects(
    attempt.run({ destination: join(folder, 'weights.h5') }),
    userError('storage', /Cannot write ".*weights.h5"/),
  )
})
