/** The run folders that a dashboard shows. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileNames } from '../../train/run-folder.ts'
import { UserError } from '../../util/errors.ts'

export interface RunPlace {
  /** The folder's name, by which alone it is known outside. */
  readonly id: string
  readonly folder: string
}

/** Runs of one folder that are shown, the newest first. */
const mostRuns = 100

/**
 * The folder itself when it is a run, else the runs in it, newest first.
 *
 * A folder that is absent holds none yet.
 */
export function findRuns(folder: string): RunPlace[] {
  if (isRun(folder)) return [{ id: basename(resolve(folder)), folder }]
  const places = namesIn(folder)
    .map(name => ({ id: name, folder: join(folder, name) }))
    .filter(place => isRun(place.folder))
  return places
    .map(place => ({
      place,
      began: statSync(runFile(place.folder), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.began - a.began || (a.place.id < b.place.id ? -1 : 1))
    .slice(0, mostRuns)
    .map(({ place }) => place)
}

/** Refuses a plain file, and a folder that cannot be looked into. @throws UserError `run` */
export function checkFolder(folder: string): void {
  const status = statSync(folder, { throwIfNoEntry: false })
  if (status === undefined || status.isDirectory()) return
  throw new UserError('run', `Cannot watch "${folder}": it is a file, not a folder`, {
    hint: 'give a run folder, or a folder of runs such as runs/',
  })
}

const runFile = (folder: string): string => join(folder, fileNames.run)
const isRun = (folder: string): boolean => existsSync(runFile(folder))

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // absent, or gone since
  }
}
