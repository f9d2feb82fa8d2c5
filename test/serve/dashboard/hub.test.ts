/** Listeners hear of every run, of changes only once, and after a lost connection of what they missed. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Hub, openHub } from '../../../src/serve/dashboard/hub.ts'
import { madeRun, progress, tellLive } from './made-run.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-hub-'))
after(() => rmSync(root, { recursive: true, force: true }))

interface Heard {
  readonly id: string
  readonly event: string
  readonly data: { readonly id?: string; readonly ids?: readonly string[] }
}

/** Events of a piece of the stream, as the WHATWG standard parses them. */
function parsed(piece: string): Heard[] {
  return piece
    .split('\n\n')
    .filter(block => block.startsWith('id: '))
    .map(block => {
      const fields = Object.fromEntries(block.split('\n').map(line => line.split(/: (.*)/s)))
      return { id: fields['id'], event: fields['event'], data: JSON.parse(fields['data']) }
    })
}

const names = (heard: readonly Heard[]): string[] =>
  heard.map(({ event, data }) => (event === 'list' ? `list ${data.ids!.join(' ')}` : `run ${data.id}`))

/** Listens until something is said. */
async function listen(hub: Hub, lastId?: string): Promise<Heard[]> {
  const leaving = new AbortController()
  for await (const piece of hub.events(lastId, leaving.signal)) {
    const heard = parsed(piece)
    if (heard.length === 0) continue
    leaving.abort()
    return heard
  }
  return []
}

let now = 1000
const clock = (): number => now++

test('openHub() tells all runs first, then what changes, and runs that begin or go later', async () => {
  const folder = join(root, 'runs')
  const hub = openHub({ folder, pace: 1, clock })
  const stream = hub.events(undefined, new AbortController().signal)
  const next = async (): Promise<string[]> => {
    for (;;) {
      const heard = parsed((await stream.next()).value!)
      if (heard.length > 0) return names(heard)
    }
  }
  assert.deepEqual(await next(), ['list '])
  const first = madeRun(folder, 'first')
  assert.deepEqual(await next(), ['list first', 'run first'])
  assert.equal(hub.listeners, 1)
  tellLive(first, progress(1, 1, 10))
  assert.deepEqual(await next(), ['run first'])
  madeRun(folder, 'second')
  assert.deepEqual((await next()).slice(1), ['run second'])
  rmSync(first, { recursive: true })
  assert.deepEqual(await next(), ['list second'])
  hub.close()
  assert.equal((await stream.next()).done, true)
  assert.equal(hub.listeners, 0)
})

test('openHub() tells who comes back only what has changed, and all to whom another hub had told', async () => {
  const folder = join(root, 'again')
  for (const name of ['a', 'b']) madeRun(folder, name)
  const hub = openHub({ folder, pace: 1, clock })
  const first = await listen(hub)
  assert.equal(first.length, 3)
  tellLive(join(folder, 'b'), progress(1, 1, 10))
  assert.deepEqual(names(await listen(hub, first[0]!.id)), ['run b'])
  const other = openHub({ folder, pace: 1, clock })
  assert.equal((await listen(other, first[0]!.id)).length, 3)
  for (const wrong of ['', 'x', `${first[0]!.id}x`]) assert.equal((await listen(other, wrong)).length, 3)
})

test('openHub() breaks a long silence with a comment', async () => {
  const folder = join(root, 'silent')
  let time = 0
  const hub = openHub({ folder, pace: 1, clock: () => (time += 5000) })
  const pieces: string[] = []
  for await (const piece of hub.events(undefined, AbortSignal.timeout(5000)))
    if (pieces.push(piece) === 3) break
  assert.match(pieces[0]!, /^retry: \d+\n\n$/)
  assert.equal(pieces[2], ': still here\n\n')
})

test('openHub() ends a stream when its listener has gone', async () => {
  const hub = openHub({ folder: root, pace: 60_000, clock })
  const leaving = new AbortController()
  const stream = hub.events(undefined, leaving.signal)
  await stream.next()
  await stream.next()
  const last = stream.next()
  leaving.abort()
  assert.equal((await last).done, true)
})
