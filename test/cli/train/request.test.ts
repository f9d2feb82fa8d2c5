/** Requests from the command line and from configuration files. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { requestOf } from '../../../src/cli/train/request.ts'
import type { UserError } from '../../../src/util/errors.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-request-'))
after(() => rmSync(root, { recursive: true, force: true }))

function configuration(text: string): string {
  const path = join(root, 'graft.json')
  writeFileSync(path, text)
  return path
}

test('requestOf() keeps what is given and nothing else', () => {
  const given = { epochs: [3, 4], run: 'runs/x', labels: 'a.csv', skipBad: true, json: true, quiet: true }
  assert.deepEqual(requestOf(given), { epochs: [3, 4], run: 'runs/x', labels: 'a.csv', skipBad: true })
  assert.deepEqual(requestOf({}), {})
  assert.deepEqual(requestOf({ resume: true, run: 'x' }), { run: 'x', resume: true })
})

test('requestOf() takes a layer by index or by name', () => {
  assert.deepEqual(requestOf({ fineTuneAt: '100' }), { fineTuneAt: 100 })
  assert.deepEqual(requestOf({ fineTuneAt: 'block_11_expand' }), { fineTuneAt: 'block_11_expand' })
})

test('requestOf() puts the command line before the file', () => {
  const config = configuration('\uFEFF{ "epochs": 5, "batchSize": 8, "run": "runs/a", "labels": "l.csv" }')
  assert.deepEqual(requestOf({ config, epochs: 9, run: 'runs/b' }), {
    epochs: 9,
    batchSize: 8,
    run: 'runs/b',
    labels: 'l.csv',
  })
})

const wrong: readonly (readonly [text: string, message: RegExp, hint?: RegExp])[] = [
  ['{ "epocs": 5 }', /there is no option "epocs"$/, /^did you mean "epochs"\?$/],
  ['{ "batch-size": 5 }', /there is no option "batch-size"$/, /^did you mean "batchSize"\?$/],
  ['{ "lables": "x" }', /there is no option "lables"$/, /^did you mean "labels"\?$/],
  ['{ "resume": true }', /there is no option "resume"$/],
  ['{ "batchSize": "8" }', /the option "batchSize" cannot be "8": /],
  ['{ "run": 7 }', /the option "run" cannot be 7: expected a text$/],
  ['[]', /it holds no object$/, /in camel case/],
  ['{ "epochs": ', /JSON/, /in camel case/],
]
for (const [text, message, hint] of wrong) {
  test(`requestOf() refuses a file that holds ${text}, and names it`, () => {
    const config = configuration(text)
    assert.throws(
      () => requestOf({ config }),
      (error: UserError) => {
        assert.equal(error.code, 'usage')
        assert.match(error.message, /^Cannot (use|read) the configuration ".*graft\.json": /)
        assert.match(error.message, message)
        if (hint !== undefined) assert.match(error.hint!, hint)
        return true
      },
    )
  })
}

test('requestOf() says of a file that is not there that it is not', () => {
  assert.throws(() => requestOf({ config: 'none.json' }), /"none.json": there is no such file$/)
})

test('requestOf() names options of the command line as they are written there', () => {
  assert.throws(
    () => requestOf({ labelSmoothing: 2 }),
    /^UserError: The option "--label-smoothing" cannot be 2/,
  )
  assert.throws(() => requestOf({ classWeights: { cat: -1 } }), /^UserError: The option "--class-weights/)
})
