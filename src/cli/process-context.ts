/** This process as a command's world: its streams, its signals, and a reader that may go away. */
import { steadyClock } from '../util/clock.ts'
import { UserError } from '../util/errors.ts'
import { storageError } from '../util/files.ts'
import type { CommandContext } from './command.ts'
import { ReaderGone, showFailure } from './failure.ts'

/**
 * The context of a command that this process runs.
 *
 * The first SIGINT, SIGTERM or SIGHUP asks the command to stop, and so does a closed standard output; a second signal
 * ends the process at once, as that signal does by itself.
 *
 * @param isJson whether failures that nobody catches are also told as JSON
 */
export function processContext(isJson: boolean): CommandContext {
  const stopping = new AbortController()
  const context: CommandContext = {
    stdout: process.stdout,
    stderr: process.stderr,
    get stdin() {
      return process.stdin
    },
    environment: process.env,
    clock: steadyClock,
    signal: stopping.signal,
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) dieOf(signal)
      stopping.abort(new UserError('aborted', 'Stopped'))
    })
  }
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE')
      stopping.abort(new ReaderGone('Nobody reads the results any more'))
    else process.exit(showFailure(storageError('write', 'standard output', error), context, false))
  })
  // There is nobody left to tell.
  process.stderr.on('error', () => {})
  process.on('uncaughtException', error => process.exit(showFailure(error, context, isJson)))
  return context
}

/** Ends the process as if it had no handler. To exit instead would clean up below threads at work, which may crash. */
function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
