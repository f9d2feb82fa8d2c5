#!/usr/bin/env node
/** The `graft` command: the only place that exits. */
import { exitStatus, messageOf, UserError } from '../util/errors.ts'
import type { CommandContext } from './command.ts'
import { runProgram } from './program.ts'
import { styleFor } from './terminal/stream.ts'
import { printable } from './terminal/text.ts'

const stopping = new AbortController()
const context: CommandContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  clock: Date.now,
  signal: stopping.signal,
}

/** The first signal asks the command to stop in order; the second ends the process at once. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(exitStatus.stopped)
    stopping.abort(new UserError('aborted', 'Stopped'))
  })
}
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', error =>
  process.exit((error as NodeJS.ErrnoException).code === 'EPIPE' ? 0 : exitStatus.failed),
)

process.exitCode = await runProgram(process.argv.slice(2), context).catch(report)

/** Says what went wrong, and gives the exit status. A user's mistake is shown without a stack trace. */
function report(error: unknown): number {
  const style = styleFor(process.stderr, process.env)
  const say = (kind: 'error' | 'hint', text: string): void =>
    void process.stderr.write(`${style(kind === 'error' ? 'red' : 'dim', `${kind}:`)} ${printable(text)}\n`)
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(errorLine(error))}\n`)
  say('error', messageOf(error))
  if (error instanceof UserError) {
    if (error.hint !== undefined) say('hint', error.hint)
    return error.exitStatus
  }
  say('hint', 'this is a fault of Graft, not of yours: GRAFT_DEBUG=1 shows where it happened')
  if (process.env['GRAFT_DEBUG']) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  return exitStatus.failed
}

function errorLine(error: unknown): object {
  const { code = 'internal', hint = null } = error instanceof UserError ? error : {}
  return { event: 'error', code, message: messageOf(error), hint: hint ?? null }
}
