/** What a refusal of data must look like. */
import assert from 'node:assert/strict'
import { UserError } from '../../src/util/errors.ts'

/** A check for `assert.rejects`: a `data` error, on one line, without a final period. */
export function isDataError(message: RegExp, hint?: string): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof UserError, String(error))
    assert.equal(error.code, 'data')
    assert.match(error.message, message)
    assert.doesNotMatch(error.message, /\n|\.$/)
    if (hint !== undefined) assert.equal(error.hint, hint)
    return true
  }
}
