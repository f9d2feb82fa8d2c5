import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { serve } from '../../src/serve/server.ts'
import { UserError } from '../../src/util/errors.ts'
import { bundle, png } from '../serve/made-server.ts'
import { runHere } from './context.ts'

function bundleFile(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-serve-'))
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'insects.onnx'), bundle)
  return join(folder, 'insects.onnx')
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = await serve(bundle, { port: 0, workers: 1 })
  await server.close()
  return server.port
}

/** The first answer of a server that is starting. */
async function answerOf(address: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const response = await fetch(address, init).catch(() => undefined)
    if (response) return response
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('graft serve answers until it is asked to stop, and logs each request as JSON where that is wanted', async context => {
  const stopping = new AbortController()
  const port = await freePort()
  const words = ['serve', bundleFile(context), '--port', String(port), '--json']
  const finished = runHere(words, { signal: stopping.signal })
  const answer = await answerOf(`http://127.0.0.1:${port}/v1/classify`, { method: 'POST', body: await png() })
  assert.equal(answer.status, 200)
  await answer.text()
  assert.match(await (await fetch(`http://127.0.0.1:${port}`)).text(), /<h1>insects<\/h1>/)
  stopping.abort(new UserError('aborted', 'Stopped'))
  const { status, stdout, stderr } = await finished
  assert.equal(status, 0)
  assert.match(stderr, /^Stopping: /)
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['listening', 'request', 'request', 'stopped'],
  )
  assert.equal(lines[0].url, `http://127.0.0.1:${port}`)
  assert.deepEqual([lines[1].method, lines[1].path, lines[1].status], ['POST', '/v1/classify', 200])
})

test('graft serve says where it is and how to ask, and what a public address means', async context => {
  const stopping = new AbortController()
  const port = await freePort()
  const finished = runHere(['serve', bundleFile(context), '--port', String(port), '--host', '0.0.0.0'], {
    signal: stopping.signal,
  })
  await (await answerOf(`http://127.0.0.1:${port}/healthz`)).text()
  stopping.abort(new UserError('aborted', 'Stopped'))
  const { stdout, stderr } = await finished
  assert.ok(stdout.includes(`curl --data-binary @photo.jpg http://127.0.0.1:${port}/v1/classify`))
  assert.match(stderr, /^warning: everyone who can reach this machine can use it/)
})

test('graft serve refuses a taken port and a broken model in words', async context => {
  const server = await serve(bundle, { port: 0, workers: 1 })
  context.after(() => server.close())
  const model = bundleFile(context)
  const taken = await runHere(['serve', model, '--port', String(server.port)])
  assert.equal(taken.status, 1)
  assert.match(
    taken.stderr,
    /another program listens there\nhint: stop it, or take another port: --port \d+\n$/,
  )
  assert.equal((await runHere(['serve', model, '--port', '70000'])).status, 2)
  writeFileSync(model, bundle.subarray(0, 1000))
  assert.equal((await runHere(['serve', model])).status, 1)
})
