/** The errors a user meets: what was attempted, what was wanted, what was found, and the fix. */

/** Exit statuses of the `graft` command. */
export const exitStatus = { done: 0, failed: 1, usage: 2, data: 3, stopped: 130 } as const

/** What went wrong, as a stable word that programs may switch on. */
export type ErrorCode =
  | 'usage' // a wrong option, key or value
  | 'data' // a dataset that cannot be used
  | 'image' // one file that cannot be read as an image
  | 'weights' // weights that do not fit the model, or cannot be read
  | 'model' // a model file that cannot be read or run
  | 'run' // a run folder that cannot be used
  | 'diverged' // training produced numbers that are not finite
  | 'storage' // a full disk, an unwritable folder, a damaged file
  | 'network' // a download that failed
  | 'aborted' // stopped on request

const statusOf: Readonly<Record<ErrorCode, number>> = {
  usage: exitStatus.usage,
  data: exitStatus.data,
  image: exitStatus.data,
  weights: exitStatus.failed,
  model: exitStatus.failed,
  run: exitStatus.failed,
  diverged: exitStatus.failed,
  storage: exitStatus.failed,
  network: exitStatus.failed,
  aborted: exitStatus.stopped,
}

/**
 * A failure that the user can mend. Its message is one line without a final period, names in double quotes;
 * `hint` is the fix, preferably a command. It is shown without a stack trace.
 */
export class UserError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  override readonly name = 'UserError'

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }

  get exitStatus(): number {
    return statusOf[this.code]
  }
}

/** What work throws that a signal stopped: the library's own error in the place of the signal's reason. */
export function abortedOr(error: unknown, signal: AbortSignal | undefined, work: string): unknown {
  const isReason = signal?.aborted === true && error === signal.reason
  if (!isReason || error instanceof UserError) return error
  return new UserError('aborted', `${work} was stopped`, { cause: error })
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s+/g, ' ').trim()
}
