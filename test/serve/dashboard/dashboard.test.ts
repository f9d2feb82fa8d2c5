/** A dashboard over HTTP: its stream, its files, and what it refuses. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { tryLock } from '../../../src/pipeline/lock.ts'
import { type Dashboard, openDashboard } from '../../../src/serve/dashboard/open-dashboard.ts'
import type { UserError } from '../../../src/util/errors.ts'
import { madeRun, progress, tellLive } from './made-run.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-dashboard-'))
let dashboard: Dashboard
before(async () => {
  dashboard = await openDashboard(root, { port: 0, pace: 20 })
})
after(async () => {
  await dashboard.close()
  rmSync(root, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** As `fetch`, which would not let a test name another host. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${dashboard.url}${path}`, { method, headers }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', text => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

/** Reads the stream until its text holds what is awaited. */
async function streamUntil(awaited: RegExp, headers: Record<string, string> = {}): Promise<string> {
  const leaving = new AbortController()
  const response = await fetch(`${dashboard.url}/events`, { headers, signal: leaving.signal })
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  let text = ''
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString()
    if (awaited.test(text)) break
  }
  leaving.abort()
  return text
}

test('GET /events tells of a run that begins later, and Last-Event-ID takes it up where it was left', async () => {
  const later = setTimeout(() => madeRun(root, 'later'), 100)
  const text = await streamUntil(/event: run\ndata: .*"id":"later".*\n\n/)
  clearTimeout(later)
  const last = text
    .match(/id: (.*)/g)!
    .at(-1)!
    .slice(4)
  tellLive(join(root, 'later'), progress(1, 1, 100))
  madeRun(root, 'other')
  const more = await streamUntil(/"id":"other".*\n\n/, { 'last-event-id': last })
  assert.equal(more.match(/event: run/g)!.length, 2)
})

test('POST /runs/:id/stop asks a run that is under way, from its own page only', async () => {
  const run = madeRun(root, 'under way')
  const path = '/runs/under%20way/stop'
  const own = { origin: dashboard.url }
  assert.equal((await ask(path, 'POST', own)).status, 409)
  const release = tryLock(join(run, 'run.lock'))!
  for (const origin of [{}, { origin: 'https://example.org' }, { origin: 'null' }])
    assert.equal((await ask(path, 'POST', origin as Record<string, string>)).status, 403)
  assert.equal(existsSync(join(run, 'run.stop')), false)
  assert.equal((await ask(path, 'POST', own)).status, 202)
  assert.equal(existsSync(join(run, 'run.stop')), true)
  assert.equal((await ask(path, 'GET', own)).status, 405)
  release()
})

test('openDashboard() answers to names of this machine only, and to ids that it listed', async () => {
  assert.equal((await ask('/', 'GET', { host: 'rebound.example' })).status, 403)
  writeFileSync(join(root, 'secret'), '')
  madeRun(join(root, 'later'), 'inner')
  for (const id of ['absent', '..', '%2e%2e', 'later%2finner', '..%2flater', 'secret', '%zz'])
    assert.ok([400, 404].includes((await ask(`/runs/${id}/report.html`)).status), id)
})

test('GET /runs/:id/report.html gives the report, kept apart from the server by a sandbox', async () => {
  const run = madeRun(root, 'reported')
  assert.equal((await ask('/runs/reported/report.html')).status, 404)
  writeFileSync(join(run, 'report.html'), '<!doctype html>')
  const { status, headers, body } = await ask('/runs/reported/report.html')
  assert.deepEqual([status, body], [200, '<!doctype html>'])
  assert.match(String(headers['content-security-policy']), /^sandbox allow-scripts /)
})

test('GET / gives one page with a strict policy, under 300 KB compressed', async () => {
  const { headers, body } = await ask('/')
  const policy = String(headers['content-security-policy'])
  for (const part of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
    assert.ok(policy.includes(part), part)
  assert.ok(gzipSync(body).length < 300_000, `${gzipSync(body).length} bytes`)
})

test('openDashboard() refuses a plain file, and a port that is taken', async () => {
  writeFileSync(join(root, 'file'), '')
  const refused = (code: string) => (error: UserError) => error.code === code
  await assert.rejects(openDashboard(join(root, 'file'), { port: 0 }), refused('run'))
  await assert.rejects(openDashboard(root, { port: Number(new URL(dashboard.url).port) }), refused('network'))
})
