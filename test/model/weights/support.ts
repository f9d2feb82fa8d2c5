/** What the tests of weights share: fixtures, temporary folders, and checks of errors. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Tensor } from '../../../src/graph/types.ts'
import { canonicalWeights } from '../../../src/model/weights/canonical.ts'
import type { WeightFile } from '../../../src/model/weights/types.ts'
import { type ErrorCode, UserError } from '../../../src/util/errors.ts'

/** A file made by scripts/parity/keras_files.py; tests run in the repository's root. */
export const fixture = (name: string): string => `test/model/weights/fixtures/${name}`
export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fixture(name)))

interface Expected {
  readonly weights: Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>
}

/** What every file called `tiny` holds, as tensors in Keras' layout. */
export function tinyWeights(): Map<string, Tensor> {
  const { weights } = JSON.parse(readFileSync(fixture('tiny.json'), 'utf8')) as Expected
  return new Map(
    Object.entries(weights).map(([name, { shape, values }]) => [
      name,
      { dtype: 'float32', shape, data: Float32Array.from(values) },
    ]),
  )
}

/** The same, in canonical layouts. */
export function tinyCanonical(): Map<string, Tensor> {
  const file: WeightFile = {
    path: 'tiny',
    format: 'keras-h5',
    layout: 'keras',
    tensors: tinyWeights(),
    metadata: {},
  }
  return new Map(canonicalWeights(file))
}

/** Same names, in any order, and same bits. */
export function assertSameTensors(
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort())
  for (const [name, tensor] of expected) assert.deepEqual(actual.get(name), tensor, name)
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-weights-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A check for `assert.throws` and `assert.rejects`: a UserError of the code whose message or hint matches. */
export function userError(code: ErrorCode, pattern: RegExp): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof UserError, `expected a UserError, received ${error}`)
    assert.equal(error.code, code)
    assert.match(`${error.message} | ${error.hint}`, pattern)
    assert.ok(!/[.\n]$/.test(error.message), 'one line without a period')
    return true
  }
}
