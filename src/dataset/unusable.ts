/** The one sentence with which an unusable dataset is refused. */
import { UserError } from '../util/errors.ts'
import { quoted } from '../util/words.ts'

/** A `data` error: what cannot be read, why, and what would mend it. */
export function unusable(name: string, problem: string, hint?: string, cause?: unknown): UserError {
  return new UserError('data', `Cannot read ${quoted(name)}: ${problem}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  })
}
