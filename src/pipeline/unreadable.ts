/** The one error that decoding has: it names the file, what is wrong with it, and the fix. */

import { UserError } from '../util/errors.ts'
import { quoted } from '../util/words.ts'

/** An image file that cannot be used for a reason that lies in its content. */
export class UnreadableImage extends UserError {
  /** What is wrong, without the file's name: true of any file with this content. */
  readonly reason: string

  constructor(name: string, reason: string, options: { hint: string; cause?: unknown }) {
    super('image', `Cannot read ${quoted(name)} as an image: ${reason}`, options)
    this.reason = reason
  }
}
