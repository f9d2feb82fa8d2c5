import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, type Refusal } from '../../src/serve/reply.ts'
import { type Route, router } from '../../src/serve/router.ts'

const route = (method: Route['method'], path: string): Route => ({ method, path, handle: () => json(path) })
const find = router([
  route('GET', '/'),
  route('GET', '/a.b'),
  route('POST', '/a.b'),
  route('GET', '/runs/:id/:file'),
])

test('router() finds routes by method and path, and HEAD where GET is', () => {
  assert.deepEqual(find('GET', '/').params, {})
  assert.equal(find('HEAD', '/a.b').handle, find('GET', '/a.b').handle)
  assert.notEqual(find('POST', '/a.b').handle, find('GET', '/a.b').handle)
})

test('router() gives the named parts of a path, their escapes undone, and never more than one part', () => {
  assert.deepEqual(
    { ...find('GET', '/runs/cats%20and%20dogs/..%2Fx').params },
    { id: 'cats and dogs', file: '../x' },
  )
  assert.throws(() => find('GET', '/runs/a/b/c'), { status: 404 })
  assert.throws(() => find('GET', '/runs/a/%ff'), { status: 400 })
})

test('router() says what there is', () => {
  assert.throws(() => find('GET', '/axb'), {
    status: 404,
    hint: 'there is: GET /, GET /a.b, POST /a.b, GET /runs/:id/:file',
  })
  assert.throws(
    () => find('DELETE', '/a.b'),
    (error: Refusal) => error.status === 405 && error.headers['allow'] === 'GET, HEAD, POST',
  )
})
