/** The live record of a run is thin, whole line by line, and never in the run's way. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openLive } from '../../src/train/live.ts'
import type { TrainEvent } from '../../src/train/types.ts'
import { UserError } from '../../src/util/errors.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-live-'))
after(() => rmSync(root, { recursive: true, force: true }))

function runFolder(name: string): string {
  const run = join(root, name)
  mkdirSync(run)
  return run
}

type Line = Record<string, unknown>
const linesOf = (run: string): Line[] =>
  readFileSync(join(run, 'live.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Line)

function step(done: number, stage: 'features' | 'train' = 'train'): TrainEvent {
  return { event: 'progress', stage, phase: 'head', epoch: 1, epochs: 3, done, total: 100, loss: 0.5 }
}

test('openLive() keeps four lines a second of a stage, its end, and the first of the next', () => {
  const run = runFolder('paced')
  let now = 1000
  const live = openLive(run, () => now)
  for (let done = 1; done < 100; done++, now += 50) live.tell(step(done, 'features'))
  live.tell(step(100, 'features'))
  live.tell(step(1))
  live.tell(step(2))
  live.end('done')
  const lines = linesOf(run)
  const done = lines.map(line => line['done'])
  assert.deepEqual(done, [...Array.from({ length: 20 }, (_, at) => 1 + 5 * at), 100, 1, undefined])
  assert.equal(lines[1]!['at'], 1250)
  assert.equal(lines.at(-1)!['how'], 'done')
})

test('openLive() says less of a stage as the run grows old', () => {
  const run = runFolder('old')
  let now = 0
  const live = openLive(run, () => now)
  const hours = 10
  for (let done = 0; now < hours * 3_600_000; now += 250)
    live.tell({ ...step(0), done: done++, total: 1e9 } as TrainEvent)
  live.end('stopped')
  assert.ok(linesOf(run).length < 20_000, `${linesOf(run).length}`)
})

test('openLive() goes on below a line that was cut off', () => {
  const run = runFolder('torn')
  appendFileSync(join(run, 'live.jsonl'), '{"at":1,"event":"prog')
  const live = openLive(run, () => 5)
  live.tell(step(1))
  live.end('done')
  const [, second, third] = readFileSync(join(run, 'live.jsonl'), 'utf8').split('\n')
  assert.equal((JSON.parse(second!) as Line)['event'], 'progress')
  assert.equal((JSON.parse(third!) as Line)['event'], 'end')
})

test('openLive() tells a stop from a failure, once', () => {
  for (const [name, error, how] of [
    ['stopped', new UserError('aborted', 'Training was stopped'), 'stopped'],
    ['failed', new UserError('diverged', 'The loss is not finite'), 'failed'],
  ] as const) {
    const run = runFolder(name)
    const live = openLive(run, () => 5)
    live.fail(error)
    live.end('stopped')
    const message = how === 'failed' ? error.message : null
    assert.deepEqual(linesOf(run), [{ at: 5, event: 'end', how, message }])
  }
})

test('openLive() leaves the run alone where it cannot write', () => {
  const live = openLive(join(root, 'absent'), () => 5)
  live.tell(step(1))
  live.end('done')
})
