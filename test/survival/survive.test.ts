/** A training that is killed at its worst moments resumes to the bits of one that nobody disturbed. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import {
  assertSame,
  begin,
  changesOf,
  type Kill,
  type Made,
  madeBy,
  surviveChange,
  type TracedChange,
  type Workplace,
  workplace,
} from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-survival-'))
after(() => rmSync(root, { recursive: true, force: true }))

let place: Workplace
let changes: TracedChange[]
let whole: Made
before(async () => {
  place = await workplace(join(root, 'one'), 1)
  changes = await changesOf(place, 'whole')
  whole = madeBy(place, 'whole')
})

test('each file of a run is flushed before it is renamed, and its folder after that', () => {
  // Threads write at the same time, so a file's changes are looked at without the others'.
  const at = (path: string): string => resolve(place.folder, path)
  const ofPath = (some: readonly TracedChange[], path: string): TracedChange[] =>
    some.filter(([, ...paths]) => paths.some(other => at(other) === at(path)))
  const renames = changes.flatMap(([change], index) => (change === 'rename' ? [index] : []))
  assert.ok(renames.length > 10)
  for (const index of renames) {
    const [, from, to] = changes[index]!
    assert.equal(ofPath(changes.slice(0, index), from!).at(-1)![0], 'flush', from)
    assert.equal(ofPath(changes.slice(index + 1), dirname(to!))[0]![0], 'flush', to)
  }
})

test('the metrics of an epoch are on the disk before the checkpoint that counts it', () => {
  const order = changes
    .filter(([change, path]) => change === 'flush' && /metrics\.jsonl|checkpoint\/state/.test(path!))
    .map(([, path]) => (path!.includes('metrics') ? 'metrics' : 'checkpoint'))
  assert.equal(order[0], 'metrics')
  assert.ok(order.lastIndexOf('checkpoint') > order.lastIndexOf('metrics'))
})

const kills: Readonly<Record<string, Omit<Kill, 'tally'>>> = {
  'before its run is recorded': { change: 'rename', path: 'run.json', nth: 1 },
  'in the middle of a checkpoint': { change: 'write', path: 'checkpoint/state', nth: 2 },
}
for (const [moment, kill] of Object.entries(kills)) {
  test(`a training that is killed ${moment} goes on to the same bits`, async () => {
    assert.ok(await surviveChange(place, kill, whole), 'it was not killed')
  })
}

test('a training whose clock jumps gives the same bits', async () => {
  const { status, stderr } = await begin(place, 'jumping', { faults: { clock: 'jumping' } })
  assert.equal(status, 0, stderr)
  assertSame(madeBy(place, 'jumping'), whole, 'with a clock that jumps')
})
