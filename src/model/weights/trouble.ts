/** One form for everything that can be wrong with a file of weights. */
import { messageOf, UserError } from '../../util/errors.ts'

/** A failure to read weights: names the file and what is wrong in it. */
export function weightsError(path: string, problem: string, hint?: string, cause?: unknown): UserError {
  return new UserError('weights', `Cannot read weights from "${path}": ${problem}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The hint for a file whose bytes contradict each other. */
export const damagedHint: string = 'the file is damaged or cut short: copy or download it again'

/** Runs a reader; what it throws that is no UserError becomes damage in the named file. */
export function readingOf<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw asWeightsError(path, error)
  }
}

/** The error itself when it already speaks to the user, else damage in the named file. */
export function asWeightsError(path: string, error: unknown): UserError {
  return error instanceof UserError ? error : weightsError(path, messageOf(error), damagedHint, error)
}
