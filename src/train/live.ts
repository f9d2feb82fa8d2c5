/**
 * `live.jsonl`: what a run says, as it says it, for those who watch it from outside.
 *
 * Lines are appended without a flush to disk, and thinned, so that they cost nothing; a line that was cut off is
 * skipped by its readers. A resumed run appends to the same file: what it says again supersedes what was said before.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError } from '../util/errors.ts'
import { fileNames } from './run-folder.ts'
import type { TrainEvent } from './types.ts'

/** How a run's process ended; `stopped` leaves a checkpoint. */
export interface EndRecord {
  readonly event: 'end'
  readonly how: 'done' | 'stopped' | 'failed'
  /** What failed, in the user's words. */
  readonly message: string | null
}

type ProgressEvent = Extract<TrainEvent, { event: 'progress' }>

/** Milliseconds between two words about the same stage, while a run is young. */
const pace = 250
/** An old run says less: its file grows with the logarithm of its age, to some two megabytes in ten hours. */
const paceByAge = 1 / 4000

export interface LiveFile {
  tell(event: TrainEvent): void
  /** The last line; what comes after it is dropped. */
  end(how: EndRecord['how']): void
  /** Ends as an error says. */
  fail(error: unknown): void
}

/** The record of a run, opened when there is something to tell. It never fails: a full disk ends the record, not the run. */
export function openLive(run: string, clock: () => number): LiveFile {
  let file: number | null | undefined
  const began = clock()
  let last: { readonly stage: string; readonly at: number } | undefined
  const close = (): void => {
    if (typeof file === 'number') closeSync(file)
    file = null
  }
  const append = (record: TrainEvent | EndRecord): void => {
    if (file === undefined) file = appending(join(run, fileNames.live))
    if (file === null) return
    try {
      writeSync(file, `${JSON.stringify({ at: Math.round(clock()), ...record })}\n`)
    } catch {
      close()
    }
  }
  const end = (ending: Omit<EndRecord, 'event'>): void => {
    append({ event: 'end', ...ending })
    close()
  }
  const isDue = ({ stage, phase, epoch, done, total }: ProgressEvent): boolean => {
    const name = JSON.stringify([stage, phase, epoch === null])
    const now = clock()
    const soon = last !== undefined && now - last.at < Math.max(pace, (now - began) * paceByAge)
    if (soon && last!.stage === name && done < total) return false
    last = { stage: name, at: now }
    return true
  }
  return {
    tell(event) {
      if (event.event === 'progress' ? isDue(event) : isTold[event.event]) append(event)
    },
    end: how => end({ how, message: null }),
    fail: error => end(failureOf(error)),
  }
}

/** Epochs stand in `metrics.jsonl` already, and the end has a line of its own. */
const isTold: { readonly [Name in Exclude<TrainEvent['event'], 'progress'>]: boolean } = {
  start: true,
  phase: true,
  predictions: true,
  note: false,
  epoch: false,
  done: false,
}

function failureOf(error: unknown): Omit<EndRecord, 'event'> {
  const isStopped = error instanceof UserError && error.code === 'aborted'
  return isStopped ? { how: 'stopped', message: null } : { how: 'failed', message: messageOf(error) }
}

/** The file, its last line ended where a killed process left it open; null when it cannot be had. */
function appending(path: string): number | null {
  try {
    const file = openSync(path, 'a+')
    const last = readFileSync(file).at(-1)
    if (last !== undefined && last !== 10) writeSync(file, '\n')
    return file
  } catch {
    return null
  }
}
