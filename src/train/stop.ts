/** Stopping a run from another process: whoever may write to the run folder may ask, and the run looks now and then. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../util/errors.ts'
import { storageError } from '../util/files.ts'
import { fileNames } from './run-folder.ts'

/** Milliseconds between two looks. */
const pace = 250

/** Asks the run to stop at its next step, as Ctrl-C does. @throws UserError `storage` when the folder cannot be written */
export function requestStop(run: string): void {
  const path = join(run, fileNames.stop)
  try {
    writeFileSync(path, '')
  } catch (error) {
    throw storageError('write', path, error)
  }
}

/** Whether a run was asked to stop and has not answered yet. */
export function isStopRequested(run: string): boolean {
  return existsSync(join(run, fileNames.stop))
}

/** The wish to stop, from wherever it comes. */
export interface StopWatch {
  readonly signal: AbortSignal
  /** Ends the watch; a request that came too late is forgotten. */
  close(): void
}

/**
 * Watches a run folder that this process has locked; what an earlier run was asked is forgotten.
 *
 * @param signal another way to ask
 */
export function watchStop(run: string, signal: AbortSignal | undefined): StopWatch {
  const asked = new AbortController()
  const forget = (): void => rmSync(join(run, fileNames.stop), { force: true })
  forget()
  const timer = setInterval(() => {
    if (isStopRequested(run)) asked.abort(new UserError('aborted', 'Training was stopped'))
  }, pace)
  timer.unref()
  return {
    signal: signal === undefined ? asked.signal : AbortSignal.any([signal, asked.signal]),
    close() {
      clearInterval(timer)
      forget()
    },
  }
}
