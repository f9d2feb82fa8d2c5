/** What a person, and a program that reads JSON, is told when a command fails. */
import { exitStatus, messageOf, UserError } from '../util/errors.ts'
import type { CommandContext } from './command.ts'
import { styleFor } from './terminal/stream.ts'
import { printable } from './terminal/text.ts'

/** Why a command is asked to stop when whoever read its results has gone, such as `head`: it wants no more words. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/**
 * Says what went wrong. A user's mistake is shown without a stack trace; ours with one if GRAFT_DEBUG is set.
 *
 * @param isJson whether to put a line `{ event: "error", ... }` on standard output too
 * @returns the exit status
 */
export function showFailure(error: unknown, context: CommandContext, isJson: boolean): number {
  const { stdout, stderr, environment, signal } = context
  const isStopped = error === signal.reason || (error instanceof UserError && error.code === 'aborted')
  if (isStopped && signal.reason instanceof ReaderGone) return exitStatus.stopped
  const style = styleFor(stderr, environment)
  const { code, message, hint } = describe(error)
  if (isJson) stdout.write(`${JSON.stringify({ event: 'error', code, message, hint: hint ?? null })}\n`)
  stderr.write(`${style('red', 'error:')} ${printable(message)}\n`)
  if (hint !== undefined) stderr.write(`${style('dim', 'hint:')} ${printable(hint)}\n`)
  if (code === 'internal' && environment['GRAFT_DEBUG'])
    stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return error instanceof UserError ? error.exitStatus : exitStatus.failed
}

interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
}

function describe(error: unknown): Failure {
  if (error instanceof UserError) return error
  return {
    code: 'internal',
    message: messageOf(error).replace(/^Internal: /, ''),
    hint: 'this is a fault of Graft, not of yours: GRAFT_DEBUG=1 shows where it happened',
  }
}
