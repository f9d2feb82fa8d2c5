/** A training with a dashboard, as a process: watched and stopped from outside, it goes on to the same bits. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openDashboard } from '../../src/serve/dashboard/open-dashboard.ts'
import { exitStatus } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'
import { runHere } from './context.ts'

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'graft-stopped-'))
const [data, cache] = [join(root, 'data'), join(root, 'cache')]
before(() => writeImages(data, 16))
after(() => rmSync(root, { recursive: true, force: true }))

const plan = '--weights random --alpha 0.1 --size 32 --threads 1 --epochs 300,1 --augment none --batch-size 4'
const trainWords = (run: string): string[] => ['train', data, '--run', run, '--cache', cache]

interface Process {
  readonly status: Promise<number | null>
  /** Waits until standard error holds this. */
  said(pattern: RegExp): Promise<string>
}

function start(args: readonly string[]): Process {
  const child = spawn(process.execPath, [graft, ...args], { env: { ...process.env, NO_COLOR: '1' } })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', more => (text += more))
  const status = new Promise<number | null>(resolve => child.on('close', resolve))
  return {
    status,
    async said(pattern) {
      for (;;) {
        const found = text.match(pattern)
        if (found) return found[1] ?? found[0]
        assert.equal(child.exitCode, null, `it ended without ${pattern}: ${text}`)
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
  }
}

/** Listens to a dashboard until its text holds this. */
async function heard(url: string, pattern: RegExp): Promise<void> {
  const response = await fetch(`${url}/events`, { signal: AbortSignal.timeout(30_000) })
  let text = ''
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString()
    if (pattern.test(text)) return
  }
  assert.fail(`the stream ended without ${pattern}`)
}

test('a training stopped from another process resumes to the bits of an uninterrupted one', async () => {
  const [whole, stopped] = [join(root, 'whole'), join(root, 'runs', 'stopped')]
  assert.equal((await runHere([...trainWords(whole), ...plan.split(' ')])).status, exitStatus.done)
  const training = start([...trainWords(stopped), ...plan.split(' ')])
  const dashboard = await openDashboard(join(root, 'runs'), { port: 0, pace: 20 })
  try {
    await heard(dashboard.url, /"status":"running".*"stage":"train"/)
    const asked = await fetch(`${dashboard.url}/runs/stopped/stop`, {
      method: 'POST',
      headers: { origin: dashboard.url },
    })
    assert.equal(asked.status, 202)
    assert.equal(await training.status, exitStatus.stopped)
    await heard(dashboard.url, /"status":"stopped"/)
  } finally {
    await dashboard.close()
  }
  const metrics = readFileSync(join(stopped, 'metrics.jsonl'), 'utf8')
  assert.ok(metrics.split('\n').length < 301, 'it ended before it was stopped')
  assert.equal((await runHere([...trainWords(stopped), '--resume'])).status, exitStatus.done)
  const best = (run: string): Buffer => readFileSync(join(run, 'best.onnx'))
  assert.ok(best(whole).equals(best(stopped)))
})

test('graft train --dashboard says where it is, and stays for as long as somebody looks', async () => {
  const run = join(root, 'live', 'run')
  const words = [
    ...trainWords(run),
    ...plan.replace('300,1', '3,1').split(' '),
    '--dashboard',
    '0',
    '--quiet',
  ]
  const training = start(words)
  const url = await training.said(/Dashboard: (http\S+)/)
  await heard(url, /"id":"run","status":"done"/)
  assert.equal(await training.status, exitStatus.done)
})

test('graft train refuses a dashboard at a port that is none', async () => {
  const { status, stderr } = await runHere(['train', data, '--dashboard', '70000'])
  assert.equal(status, exitStatus.usage)
  assert.match(stderr, /"--dashboard" takes a number from 0 to 65535. Received: "70000"/)
})
