/** Too little memory, by a control group of Linux: the kernel ends the process without a word, as it would in a container. */

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { assertSame, begin, goOn, madeBy, workplace } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-memory-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** A place in which control groups are made, and what their files say of a limit in bytes, swap included. */
interface System {
  readonly folder: string
  readonly settings: (bytes: number) => readonly (readonly [file: string, bytes: number])[]
}

/** Versions 1 and 2 of control groups. */
const systems: readonly System[] = [
  {
    folder: '/sys/fs/cgroup/memory',
    settings: bytes => [
      ['memory.limit_in_bytes', bytes],
      ['memory.memsw.limit_in_bytes', bytes],
    ],
  },
  {
    folder: '/sys/fs/cgroup',
    settings: bytes => [
      ['memory.max', bytes],
      ['memory.swap.max', 0],
    ],
  },
]

interface Group {
  readonly folder: string
  /** Limits may fall, not rise. */
  limit(bytes: number): void
}

/** A new control group; null where this machine, or not being root, allows none. */
function newGroup(): Group | null {
  for (const { folder: parent, settings } of systems) {
    const folder = join(parent, `graft-test-${process.pid}`)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    after(() => rmdirSync(folder))
    const present = (bytes: number) => settings(bytes).filter(([file]) => existsSync(join(folder, file)))
    if (present(0).length === 0) continue
    return {
      folder,
      limit(bytes) {
        for (const [file, value] of present(bytes)) writeFileSync(join(folder, file), String(value))
      },
    }
  }
  return null
}

/** Megabytes, falling: the first is enough, the last are not. */
const limits = [600, 300, 150, 135, 120]

test('a training that is killed for want of memory goes on to the same bits where there is more', async context => {
  const group = newGroup()
  if (group === null) return context.skip('control groups can be made by root on Linux only')
  const place = await workplace(join(root, 'place'), 1)
  await begin(place, 'whole')
  const whole = madeBy(place, 'whole')
  const killed: number[] = []
  for (const megabytes of limits) {
    const run = `in-${megabytes}`
    group.limit(megabytes * 1e6)
    const { status, stderr } = await begin(place, run, { group: group.folder })
    assert.ok(status === 0 || status === 'SIGKILL', stderr)
    if (status === 'SIGKILL') {
      killed.push(megabytes)
      assert.equal((await goOn(place, run)).status, 0)
    }
    assertSame(madeBy(place, run), whole, `in ${megabytes} MB`)
  }
  context.diagnostic(`killed with ${killed.join(', ')} MB`)
  assert.ok(killed.length > 0 && !killed.includes(600), `killed with ${killed.join(', ')} MB`)
})
