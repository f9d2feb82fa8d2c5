/** Errors on their way from one thread to another, and back to errors. */
import { type ErrorCode, UserError } from './errors.ts'

/** An error as it crosses threads: structured cloning would drop its code and hint. */
export interface Failure {
  readonly code: ErrorCode | null
  readonly message: string
  readonly hint: string | undefined
  readonly stack: string | undefined
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) {
    const { code, message, hint, stack } = error
    return { code, message, hint, stack }
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { code: null, message, hint: undefined, stack }
}

/** What a thread died of; that its memory was used up is nothing that it could have told itself. */
export function deathOf(error: Error): Failure {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return failureOf(error)
  return failureOf(
    new UserError('run', 'Training ran out of memory', {
      hint: 'set NODE_OPTIONS=--max-old-space-size=4096 and go on with --resume, or start again with a smaller --batch-size',
      cause: error,
    }),
  )
}

/** The error again; one that is no user's error is a fault of ours and keeps its stack. */
export function errorOf({ code, message, hint, stack }: Failure): Error {
  if (code !== null) return new UserError(code, message, hint === undefined ? {} : { hint })
  const error = new Error(`Internal: ${message}`)
  if (stack !== undefined) error.stack = stack
  return error
}
