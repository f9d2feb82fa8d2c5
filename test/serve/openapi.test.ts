/** The description says what the server does: every answer here is checked against its schema in the served document. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { z } from 'zod'
import { serve } from '../../src/serve/server.ts'
import { bundle, formOf, png, post } from './made-server.ts'

interface Operation {
  readonly operationId: string
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

interface Description {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const server = await serve(bundle, { port: 0, workers: 1, limits: { queue: 3 } })
after(() => server.close())
const description = (await (await fetch(`${server.url}/openapi.json`)).json()) as Description
const image = await png()

/** The schema of an answer, with what it refers to. */
function schemaFor(method: string, path: string, status: number): z.ZodType {
  const { content } = description.paths[path]![method]!.responses[status]!
  const schema = { ...content['application/json']!.schema, $defs: description.components.schemas }
  return z.fromJSONSchema(JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/')))
}

function assertDescribed(method: string, path: string, status: number, body: unknown): void {
  const { error } = schemaFor(method, path, status).safeParse(body)
  assert.equal(
    error,
    undefined,
    `${method} ${path} ${status}: ${JSON.stringify(body)}\n${error && z.prettifyError(error)}`,
  )
}

test('openApi() describes what GET gives', async () => {
  for (const path of Object.keys(description.paths).filter(path => path !== '/' && path !== '/v1/classify')) {
    const response = await fetch(server.url + path)
    assert.equal(response.status, 200)
    assertDescribed('get', path, 200, await response.json())
  }
})

test('openApi() describes every answer of POST /v1/classify', async () => {
  const address = `${server.url}/v1/classify`
  const answers = [
    await post(address, image),
    await post(`${address}?heatmap=1&top=1`, image),
    await post(`${address}?heatmap=1`, formOf({ a: image, b: 'B' })),
    await post(`${address}?top=0`, image),
    await post(address, new Uint8Array(33e6)),
    await post(address, '{}', { 'content-type': 'application/json' }),
    await post(address, 'Dear all'),
    await post(address, formOf({ a: 'A', b: 'B' })),
    await post(address, formOf({ a: image, b: image, c: image, d: image })),
  ]
  for (const { status, body } of answers) assertDescribed('post', '/v1/classify', status, body)
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 400, 413, 415, 422, 503]))
})

test('openApi() does not describe just anything', () => {
  assert.ok(!schemaFor('post', '/v1/classify', 200).safeParse({ predictions: [{ label: 'a' }] }).success)
  assert.ok(!schemaFor('post', '/v1/classify', 422).safeParse({ error: 'no' }).success)
})

test('openApi() gives each operation a name of its own', () => {
  const names = Object.values(description.paths).flatMap(path =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  assert.equal(new Set(names).size, names.length)
  assert.match(description.openapi, /^3\.1\./)
})
