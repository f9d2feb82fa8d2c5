import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  crossValidationFileName,
  readCrossValidation,
  writeCrossValidation,
} from '../../src/report/cross-validation-file.ts'
import type { UserError } from '../../src/util/errors.ts'
import { temporaryFolder } from '../pipeline/pictures.ts'
import { madeFolds } from './made-report.ts'

test('readCrossValidation() gives what was written, and null where nothing was', context => {
  const run = temporaryFolder(context)
  assert.equal(readCrossValidation(run), null)
  writeCrossValidation(run, madeFolds)
  assert.deepEqual(readCrossValidation(run), madeFolds)
})

test('readCrossValidation() names a damaged file', context => {
  const run = temporaryFolder(context)
  for (const text of ['{"folds": 5', JSON.stringify({ ...madeFolds, accuracy: 2 })]) {
    writeFileSync(join(run, crossValidationFileName), text)
    assert.throws(
      () => readCrossValidation(run),
      (error: UserError) =>
        error.code === 'run' && /Cannot read ".*cross-validation.json"/.test(error.message),
    )
  }
})
