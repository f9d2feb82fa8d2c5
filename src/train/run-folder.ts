/** The folder of one training: what it was told, what it measured, and what it made. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from '../pipeline/lock.ts'
import { UserError } from '../util/errors.ts'
import { makeFolder, removeLeftovers, storageError, writeFileAtomic } from '../util/files.ts'
import { appendJsonLine, jsonLines, readJsonLines } from '../util/json-lines.ts'
import type { RunRecord } from './run-record.ts'
import { epochSchema, runSchema } from './run-schema.ts'
import type { EpochRecord } from './types.ts'

export type { RunRecord } from './run-record.ts'

export const fileNames = {
  run: 'run.json',
  data: 'data.jsonl',
  metrics: 'metrics.jsonl',
  best: 'best.onnx',
  last: 'last.onnx',
  events: 'events.out.tfevents.graft',
  lock: 'run.lock',
  live: 'live.jsonl',
  watched: 'watched.jpg',
  stop: 'run.stop',
} as const

/**
 * What a folder holds: nothing that a new run could lose (a run that failed before its first epoch counts so, and what
 * a killed process left), a run, or something else, as a plain file of that name does.
 *
 * @throws UserError `storage` when it cannot be looked into
 */
export function contentOf(run: string): 'nothing' | 'run' | 'other' {
  const names = namesIn(run)
  if (names === null) return 'other'
  // A lock without a run is what a process left that was killed before its run began.
  if (!names.includes(fileNames.run))
    return names.length === 0 || names.includes(fileNames.lock) ? 'nothing' : 'other'
  const isBegun = ['checkpoint', fileNames.metrics, fileNames.best].some(name => names.includes(name))
  return isBegun ? 'run' : 'nothing'
}

/** The names in a folder, none where it is absent; null of a plain file. */
function namesIn(folder: string): string[] | null {
  try {
    const status = statSync(folder, { throwIfNoEntry: false })
    if (status === undefined) return []
    return status.isDirectory() ? readdirSync(folder) : null
  } catch (error) {
    throw storageError('use', folder, error)
  }
}

/** Takes a run folder, and clears away what a killed process left in it. @throws UserError `run` when a training has it */
export function lockRun(run: string): () => void {
  const release = tryLockRun(run)
  if (release !== null) return release
  throw new UserError('run', `Another training is under way in "${run}"`, {
    hint: 'wait for it to end, or name another folder with --run',
  })
}

/** As {@link lockRun}; null when a training has it. */
export function tryLockRun(run: string): (() => void) | null {
  try {
    makeFolder(run)
    const release = tryLock(join(run, fileNames.lock))
    if (release !== null) for (const folder of [run, join(run, 'checkpoint')]) removeLeftovers(folder)
    return release
  } catch (error) {
    throw storageError('use', run, error)
  }
}

export function writeRunRecord(run: string, record: RunRecord): void {
  writeFileAtomic(join(run, fileNames.run), `${JSON.stringify(record, null, 2)}\n`)
}

/** @throws UserError `run` when the folder holds no run, or one of another format */
export function readRunRecord(run: string): RunRecord {
  const path = join(run, fileNames.run)
  if (!existsSync(path)) {
    throw new UserError('run', `There is no run in "${run}": it has no run.json`, {
      hint: 'name a folder that graft train made, such as runs/cactus',
    })
  }
  const record = parsedRun(path)
  const checked = runSchema.safeParse(record)
  // As it was written, since the order of its members counts in the plan's fingerprint.
  if (checked.success) return record as RunRecord
  const [issue] = checked.error.issues
  throw new UserError('run', `Cannot use "${path}": "${issue!.path.join('.')}" is not what Graft writes`, {
    hint: 'use the version of Graft that made the run, or train again',
  })
}

function parsedRun(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UserError('run', `Cannot read "${path}": it is damaged`, {
      cause,
      hint: 'restore the file, or train again with another --run',
    })
  }
}

/** Adds one epoch's line. It is on the disk before the checkpoint that counts the epoch. */
export function appendMetrics(run: string, record: EpochRecord): void {
  appendJsonLine(join(run, fileNames.metrics), record)
}

/** The lines so far; a last line that a killed process left unfinished is dropped. @throws UserError `run` */
export function readMetrics(run: string): EpochRecord[] {
  return readJsonLines(join(run, fileNames.metrics), epochSchema)
}

/** Keeps the epochs up to one, so that a resumed run writes the others again. */
export function truncateMetrics(run: string, lastEpoch: number): void {
  if (!existsSync(join(run, fileNames.metrics))) return
  const kept = readMetrics(run).filter(({ epoch }) => epoch <= lastEpoch)
  writeFileAtomic(join(run, fileNames.metrics), jsonLines(kept))
}
