/** What clients may take, and that the server outlives those who take more. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { type Server, serve } from '../../src/serve/server.ts'
import { bundle, formOf, png, post, startServer } from './made-server.ts'

const image = await png()

const usual = await serve(bundle, { port: 0, workers: 2, threads: 2 })
after(() => usual.close())

/** Everything that comes back on a connection on which this is sent. */
async function sent(context: TestContext, { port }: Server, text: string): Promise<string> {
  const socket = connected(context, port)
  socket.write(text)
  let received = ''
  socket.setEncoding('utf8').on('data', (data: string) => (received += data))
  await once(socket, 'close')
  return received
}

function connected(context: TestContext, port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).resume()
  context.after(() => socket.destroy())
  return socket
}

async function assertWell({ url }: Server): Promise<void> {
  assert.equal((await post(`${url}/v1/classify`, image)).status, 200)
}

test('a body of 100 MB is refused, by its announced length and by its real one', async () => {
  const large = new Uint8Array(100e6)
  const address = `${usual.url}/v1/classify`
  const announced = await post(address, large)
  assert.deepEqual([announced.status, announced.body.error!.message], [413, 'The body is larger than 32 MB'])
  const stream = new Blob([large]).stream()
  const chunked = await fetch(address, { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
  assert.equal(chunked.status, 413)
  await assertWell(usual)
})

test('a client that asks first is refused before it sends a large body, and let in with a small one', async context => {
  const head = (length: number): string =>
    `POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
  assert.match(await sent(context, usual, head(100e6)), /^HTTP\/1\.1 413 /)
  assert.match(
    await sent(context, usual, `${head(8)}Dear all`),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 422 /,
  )
})

test('more images than a form may hold are refused together', async context => {
  const server = await startServer(context, { limits: { images: 2 } })
  const { status, body } = await post(`${server.url}/v1/classify`, formOf({ a: image, b: image, c: image }))
  assert.deepEqual([status, body.error!.code], [413, 'too-many-images'])
  await assertWell(server)
})

test('an image that declares too many pixels is refused', async context => {
  const server = await startServer(context, { limits: { pixels: 300_000 } })
  const bomb = await png(601, 500)
  const { status, body } = await post(`${server.url}/v1/classify`, bomb)
  assert.equal(status, 422)
  assert.match(body.error!.message, /601 x 500 pixels/)
  await assertWell(server)
})

test('images beyond the queue are sent away with a time to come again, and none of the others is lost', async context => {
  const server = await startServer(context, { limits: { queue: 4 } })
  const asked = Array.from({ length: 40 }, () => post(`${server.url}/v1/classify`, image))
  const answers = await Promise.all(asked)
  const refused = answers.filter(({ status }) => status === 503)
  assert.ok(refused.length > 0)
  assert.equal(answers.filter(({ status }) => status === 200).length, 40 - refused.length)
  for (const { headers } of refused) assert.equal(headers.get('retry-after'), '1')
  await assertWell(server)
})

test('bodies that together are too large are sent away, and what they held is given back', async context => {
  const server = await startServer(context, { limits: { bodies: 1e6 } })
  const text = new Uint8Array(600_000).fill(65)
  const asked = Array.from({ length: 6 }, () => post(`${server.url}/v1/classify`, text))
  for (const { status } of await Promise.all(asked)) assert.ok([422, 503].includes(status), String(status))
  for (let i = 0; i < 5; i++) assert.equal((await post(`${server.url}/v1/classify`, text)).status, 422)
})

test('connections that send nothing, or half a request, are ended, and others are answered meanwhile', async context => {
  const server = await startServer(context, { limits: { headerSeconds: 1, requestSeconds: 2 } })
  const idle = Array.from({ length: 100 }, () => connected(context, server.port))
  await Promise.all(idle.map(socket => once(socket, 'connect')))
  const halves = [
    sent(context, server, 'POST /v1/classify HTTP/1.1\r\nHost: local'),
    sent(context, server, 'POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nDear'),
  ]
  await assertWell(server)
  for (const half of await Promise.all(halves)) {
    assert.match(half, /^HTTP\/1\.1 408 /)
    assert.match(half, /"code":"timeout"/)
  }
  await Promise.all(idle.map(socket => socket.closed || once(socket, 'close')))
  await assertWell(server)
})

test('what is no HTTP is told so', async context => {
  assert.match(await sent(context, usual, 'hello\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":"http"/)
  const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`
  assert.match(await sent(context, usual, long), /^HTTP\/1\.1 431 [\s\S]*"code":"headers"/)
  await assertWell(usual)
})

test('a client that goes away in the middle harms nobody', async () => {
  const leaving = Array.from({ length: 20 }, async (_, at) => {
    const asked = request(`${usual.url}/v1/classify`, {
      method: 'POST',
      headers: { 'content-length': image.length },
    })
    asked.on('error', () => {})
    asked.write(image.subarray(0, at % 2 === 0 ? 10 : image.length))
    await new Promise(resolve => setTimeout(resolve, at))
    asked.destroy()
  })
  await Promise.all(leaving)
  await assertWell(usual)
  // What had arrived whole is answered to nobody first.
  const health = async () => (await fetch(`${usual.url}/healthz`)).json()
  for (let look = 0; look < 200 && ((await health()) as { images: number }).images > 0; look++)
    await new Promise(resolve => setTimeout(resolve, 50))
  assert.deepEqual(await health(), { status: 'ok', images: 0, threads: { alive: 2, wanted: 2 } })
})

test('close() answers what was asked, and nothing after it', async context => {
  const server = await startServer(context)
  connected(context, server.port) // one that never asks must not keep it
  const headers = { expect: '100-continue', 'content-length': image.length }
  const asked = Array.from({ length: 10 }, () =>
    request(`${server.url}/v1/classify`, { method: 'POST', headers }),
  )
  for (const one of asked) one.flushHeaders()
  // Once it says that it waits for the body, it has the request.
  await Promise.all(asked.map(one => once(one, 'continue')))
  const closed = server.close()
  const answers = asked.map(async one => {
    const [response] = (await once(one.end(image), 'response')) as [IncomingMessage]
    response.resume()
    return [response.statusCode, response.headers.connection]
  })
  for (const answer of await Promise.all(answers)) assert.deepEqual(answer, [200, 'close'])
  await closed
  await assert.rejects(fetch(server.url))
})
