import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildBundle } from '../../src/bundle/build.ts'
import { load } from '../../src/bundle/classifier.ts'
import { heatMaps } from '../../src/bundle/heat-maps.ts'
import { serve } from '../../src/serve/server.ts'
import { UserError } from '../../src/util/errors.ts'
import { tinyParts } from '../bundle/made.ts'
import { type Body, bundle, formOf, markup, png, post, startServer } from './made-server.ts'

interface Model {
  readonly classNames: readonly string[]
  readonly preprocessing: { readonly size: number }
  readonly heatmap: boolean
  readonly reject: object | null
}

const image = await png()
const { url, port } = await serve(bundle, { port: 0, workers: 2, threads: 2 }).then(server => {
  after(() => server.close())
  return server
})

test('POST /v1/classify answers as classify() does', async context => {
  const classifier = await load(bundle)
  context.after(() => classifier.close())
  const { status, body } = await post(`${url}/v1/classify`, image)
  assert.equal(status, 200)
  assert.deepEqual(body, {
    predictions: await classifier.classify(image),
    unknown: false,
    unfamiliarity: null,
  })
})

test('POST /v1/classify gives the same for a form, with a name for each file and its own error', async () => {
  const alone = await post(`${url}/v1/classify?top=1`, image)
  const { status, body } = await post(
    `${url}/v1/classify?top=1`,
    formOf({ a: image, [markup]: 'Dear all', c: image }),
  )
  assert.equal(status, 200)
  const [a, b, c] = body.images!
  assert.deepEqual(
    [a, c],
    [
      { name: 'a', ...alone.body },
      { name: 'c', ...alone.body },
    ],
  )
  assert.equal(b!.name, markup)
  assert.equal(b!.error!.code, 'image')
  assert.equal(alone.body.predictions!.length, 1)
})

test('POST /v1/classify answers many clients at once, each with its own picture', async () => {
  const sides = Array.from({ length: 60 }, (_, i) => 20 + i)
  const images = await Promise.all(sides.map(side => png(side, 20)))
  const alone: Body[] = []
  for (const image of images) alone.push((await post(`${url}/v1/classify`, image)).body)
  const together = await Promise.all(images.map(image => post(`${url}/v1/classify`, image)))
  for (const [at, { body }] of together.entries())
    for (const [k, { label, score }] of body.predictions!.entries()) {
      const expected = alone[at]!.predictions![k]!
      assert.equal(label, expected.label)
      assert.ok(Math.abs(score - expected.score) < 1e-5) // batches of other sizes round otherwise
    }
})

test('POST /v1/classify?heatmap=1 says where the network looked', async () => {
  const [expected] = await heatMaps(bundle, [image])
  const { body } = await post(`${url}/v1/classify?heatmap=1`, image)
  const { rows, columns, values } = body.heatmap!
  assert.deepEqual([rows, columns], [expected!.heat.rows, expected!.heat.columns])
  for (const [at, value] of values.entries())
    assert.ok(Math.abs(value - expected!.heat.values[at]!) <= 0.0006, `${at}: ${value}`)
  assert.equal((await post(`${url}/v1/classify?heatmap=0`, image)).body.heatmap, undefined)
})

test('POST /v1/classify says what is unknown, of a bundle that can tell', async context => {
  const [mean, basis] = [new Float32Array(1280), new Float32Array(1280)]
  basis[0] = 1
  const facts = { limit: 1e-6, kept: 0.95, examples: 40, source: 'validation' } as const
  const refusing = await serve(
    buildBundle(tinyParts({ familiar: { mean, basis, activity: 1, unit: 1, facts } })),
    {
      port: 0,
    },
  )
  context.after(() => refusing.close())
  for (const query of ['', '?heatmap=1']) {
    const { body } = await post(`${refusing.url}/v1/classify${query}`, image)
    assert.ok(body.unknown && body.unfamiliarity! > facts.limit, query)
  }
  const model = (await (await fetch(`${refusing.url}/v1/model`)).json()) as Model
  assert.deepEqual(model.reject, facts)
})

test('GET /v1/model, /healthz and / tell about the classifier', async () => {
  const model = (await (await fetch(`${url}/v1/model`)).json()) as Model
  assert.deepEqual(
    [model.classNames, model.preprocessing.size, model.heatmap],
    [['ant', 'bee', markup], 32, true],
  )
  assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), {
    status: 'ok',
    images: 0,
    threads: { alive: 2, wanted: 2 },
  })
  const page = await (await fetch(url)).text()
  assert.ok(page.includes('&lt;img src=x onerror=&quot;'))
  assert.ok(!page.includes(markup))
})

test('every answer forbids guessing, framing and scripts from elsewhere', async () => {
  for (const path of ['/', '/v1/model', '/nowhere']) {
    const { headers } = await fetch(url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy')!, /^default-src 'none'.*frame-ancestors 'none'/)
  }
})

test('HEAD gives the head of GET alone', async () => {
  const head = await fetch(`${url}/v1/model`, { method: 'HEAD' })
  const get = await fetch(`${url}/v1/model`)
  assert.equal(head.headers.get('content-length'), get.headers.get('content-length'))
  assert.equal(await head.text(), '')
})

const mistakes: readonly (readonly [
  what: string,
  path: string,
  body: Uint8Array | FormData | string,
  status: number,
  code: string,
  headers?: Record<string, string>,
])[] = [
  ['an empty body', '', '', 400, 'no-image'],
  ['text', '', 'Dear all', 422, 'image'],
  ['half an image', '', image.subarray(0, image.length / 2), 422, 'image'],
  [
    'an address to be fetched',
    '',
    '{"url":"http://127.0.0.1/"}',
    415,
    'content-type',
    { 'content-type': 'application/json' },
  ],
  ['a compressed body', '', gzipSync(image), 415, 'encoding', { 'content-encoding': 'gzip' }],
  ['a form without files', '', new FormData(), 400, 'no-image'],
  ['a form with nothing but bad files', '', formOf({ a: 'A', b: '' }), 422, 'image'],
  ['a broken form', '', 'hello', 400, 'form', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['top=0', '?top=0', image, 400, 'usage'],
  ['top=three', '?top=three', image, 400, 'usage'],
  ['a parameter that is not known', '?topk=3', image, 400, 'usage'],
  ['another path', 's', image, 404, 'not-found'],
]

for (const [what, path, body, status, code, headers] of mistakes) {
  test(`POST /v1/classify refuses ${what} with ${status}, and says why`, async () => {
    const received = await post(`${url}/v1/classify${path}`, body, headers)
    assert.equal(received.status, status)
    assert.equal(received.body.error!.code, code)
    assert.ok(received.body.error!.message.length > 10)
    assert.equal((await post(`${url}/v1/classify`, image)).status, 200)
  })
}

test('POST /v1/classify reads an image whatever its content type says', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'image/jpeg'])
    assert.equal((await post(`${url}/v1/classify`, image, { 'content-type': type })).status, 200)
})

test('a name that somebody has pointed here is refused, unless it was allowed', async context => {
  const { port } = await startServer(context, { allowHosts: ['cats.example'] })
  const ask = (host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: '/healthz', headers: { host } }, response => {
        response.resume()
        resolve(response.statusCode!)
      })
      asked.on('error', reject).end()
    })
  assert.deepEqual(
    await Promise.all(['evil.example', 'cats.example', 'localhost:1'].map(ask)),
    [403, 200, 200],
  )
})

test('serve() refuses a port that is taken, with the next step', async () => {
  await assert.rejects(serve(bundle, { port }), (error: UserError) => {
    assert.equal(error.message, `Cannot listen on "127.0.0.1:${port}": another program listens there`)
    assert.equal(error.hint, `stop it, or take another port: --port ${port + 1}`)
    return error instanceof UserError
  })
})

test('serve() refuses a broken bundle before it listens', async () => {
  const broken = Uint8Array.from(bundle)
  broken[broken.length >> 1]! ^= 1
  await assert.rejects(
    serve(broken, { port: 0 }),
    (error: UserError) => error instanceof UserError && error.code === 'model',
  )
  await assert.rejects(serve('no/such/run', { port: 0 }), { code: 'model' })
  await assert.rejects(serve(bundle, { port: 0, limits: { queue: 0 } }), RangeError)
})

test('a listener that fails costs nobody an answer', async context => {
  const warned: string[] = []
  const hear = ({ message }: Error): void => void warned.push(message)
  process.on('warning', hear)
  context.after(() => process.off('warning', hear))
  const onRequest = (): never => {
    throw new Error('mine')
  }
  const server = await startServer(context, { onRequest })
  for (const path of ['/healthz', '/v1/model']) assert.equal((await fetch(server.url + path)).status, 200)
  await new Promise(resolve => setImmediate(resolve))
  assert.match(warned.join(), /onRequest failed: mine/)
})
