/** More ways to lose a training, each of which takes a process or two; `bench/survive.ts` has them by the hundred. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  assertSame,
  begin,
  type Kill,
  type Made,
  madeBy,
  surviveChange,
  surviveMoment,
  surviveSignal,
  type Workplace,
  workplace,
} from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-survival-'))
after(() => rmSync(root, { recursive: true, force: true }))

let place: Workplace
let whole: Made
let milliseconds: number
before(async () => {
  place = await workplace(join(root, 'one'), 1)
  milliseconds = (await begin(place, 'whole')).milliseconds
  whole = madeBy(place, 'whole')
})

const kills: Readonly<Record<string, Omit<Kill, 'tally'>>> = {
  'before the first checkpoint': { change: 'make', path: 'checkpoint', nth: 1 },
  'before a checkpoint of fine-tuning takes its place': {
    change: 'rename',
    path: 'checkpoint/state',
    nth: 5,
  },
  'in the middle of a record of the cache': { change: 'write', path: 'index.bin', nth: 5 },
  'in the middle of the bundle that it is for': { change: 'write', path: 'best.onnx', nth: 1 },
  'by a power cut in the middle of a record of the cache': {
    change: 'write',
    path: 'index.bin',
    nth: 6,
    unflushed: 'zeros',
  },
  'by a power cut after an epoch was written down': {
    change: 'open',
    path: 'checkpoint/state',
    nth: 2,
    unflushed: 'nothing',
  },
  'in the middle of its evaluation': { change: 'write', path: 'evaluation.json', nth: 1 },
}
for (const [moment, kill] of Object.entries(kills)) {
  test(`a training that is killed ${moment} goes on to the same bits`, async () => {
    assert.ok(await surviveChange(place, kill, whole), 'it was not killed')
  })
}

test('a training on two threads that is killed at some moment goes on to the same bits', async () => {
  const two = await workplace(join(root, 'two'), 2)
  const { milliseconds } = await begin(two, 'whole')
  await surviveMoment(two, Math.round(milliseconds * 0.6), madeBy(two, 'whole'))
})

test('a training whose terminal is closed stops in order and goes on to the same bits', async () => {
  const { status, stderr } = await surviveSignal(place, 'SIGHUP', Math.round(milliseconds * 0.6), whole)
  assert.ok(status === 130 || status === 0, stderr)
})

test('a training whose memory is small gives the same bits', async () => {
  const { status, stderr } = await begin(place, 'small', { flags: ['--max-old-space-size=48'] })
  assert.equal(status, 0, stderr)
  assertSame(madeBy(place, 'small'), whole, 'in 48 MB')
})
