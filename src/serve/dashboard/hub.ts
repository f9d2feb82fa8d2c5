/**
 * All runs of a folder under observation, for any number of listeners.
 *
 * Every message is complete in itself (a run as it is now, or the list of runs), so a slow listener skips what it
 * missed, and one that comes back gets what has changed since the id that it saw last. Nobody looks at the folder while
 * nobody listens.
 */
import type { RunList, RunView } from '../../page/dashboard-types.ts'
import { findRuns } from './find-runs.ts'
import { type RunWatch, watchRun } from './run-watch.ts'
import { eventText, heartbeat, retryText } from './server-sent.ts'

export interface HubOptions {
  /** A run folder, or a folder of runs; it may be absent still. */
  readonly folder: string
  /** Milliseconds between two looks. */
  readonly pace: number
  /** Milliseconds since 1970. */
  clock(): number
}

export interface Hub {
  /** A listener's events, from now on or from the id of the last one it saw, until it goes or the hub closes. */
  events(lastId: string | undefined, signal: AbortSignal): AsyncGenerator<string>
  /** The run of that id, looked at anew. */
  run(id: string): { readonly folder: string; readonly view: RunView } | undefined
  /** How many listen. */
  readonly listeners: number
  close(): void
}

interface Entry {
  readonly watch: RunWatch
  /** Of its last change, counted through all runs. */
  version: number
}

/** Milliseconds after which silence is broken. */
const longestSilence = 15_000
/** Milliseconds that browsers wait before they come back. */
const retry = 1000

export function openHub({ folder, pace, clock }: HubOptions): Hub {
  /** Tells this hub's ids from those of an earlier one on the same port. */
  const boot = clock().toString(36)
  const closing = new AbortController()
  const entries = new Map<string, Entry>()
  let list: RunList = { folder, ids: [] }
  let listVersion = 0
  let version = 0
  let looked = Number.NEGATIVE_INFINITY
  let listeners = 0

  const look = (): void => {
    looked = clock()
    const places = findRuns(folder)
    for (const { id, folder: place } of places)
      if (entries.get(id)?.watch.folder !== place) entries.set(id, { watch: watchRun(id, place), version: 0 })
    const found = new Set(places.map(({ id }) => id))
    for (const id of [...entries.keys()]) if (!found.has(id)) entries.delete(id)
    for (const entry of entries.values()) if (entry.watch.refresh()) entry.version = ++version
    const ids = places.map(({ id }) => id).filter(id => entries.get(id)?.watch.view() != null)
    if (ids.join('\n') !== list.ids.join('\n') || listVersion === 0) {
      list = { folder, ids }
      listVersion = ++version
    }
  }
  const since = (seen: number): string => {
    const id = `${boot}-${version}`
    const runs = list.ids.map(run => entries.get(run)!).filter(entry => entry.version > seen)
    const lists = listVersion > seen ? [eventText({ id, event: 'list', data: list })] : []
    return [...lists, ...runs.map(({ watch }) => eventText({ id, event: 'run', data: watch.view() }))].join(
      '',
    )
  }
  const seenBy = (lastId: string | undefined): number => {
    const [from, count] = lastId?.split('-') ?? []
    return from === boot && /^\d+$/.test(count ?? '') ? Number(count) : 0
  }

  return {
    async *events(lastId, signal) {
      const over = AbortSignal.any([signal, closing.signal])
      let seen = seenBy(lastId)
      let spoken = clock()
      listeners++
      try {
        yield retryText(retry)
        for (; !over.aborted; await pause(pace, over)) {
          if (clock() - looked >= pace) look()
          const news = since(seen)
          seen = version
          if (news === '' && clock() - spoken < longestSilence) continue
          spoken = clock()
          yield news === '' ? heartbeat : news
        }
      } finally {
        listeners--
      }
    },
    run(id) {
      look()
      const watch = entries.get(id)?.watch
      const view = watch?.view()
      return watch && view ? { folder: watch.folder, view } : undefined
    },
    get listeners() {
      return listeners
    },
    close: () => closing.abort(),
  }
}

/** Waits, unless it is over. */
function pause(milliseconds: number, over: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      over.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    over.addEventListener('abort', done)
    if (over.aborted) done()
  })
}
