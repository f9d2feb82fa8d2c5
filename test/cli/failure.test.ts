/** What is said of failures. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandContext } from '../../src/cli/command.ts'
import { showFailure } from '../../src/cli/failure.ts'
import { type ErrorCode, UserError } from '../../src/util/errors.ts'
import { fakeStream } from './terminal/fake.ts'

function shown(error: unknown, environment: Record<string, string> = {}, isJson = false) {
  const [stdout, stderr] = [fakeStream(false), fakeStream(false)]
  const signal = new AbortController().signal
  const context = { stdout, stderr, environment, signal } as unknown as CommandContext
  const status = showFailure(error, context, isJson)
  return { status, stdout: stdout.writes.join(''), stderr: stderr.writes.join('') }
}

test("showFailure() gives a user's mistake as message and hint, without a stack even for debugging", () => {
  const error = new UserError('data', 'Cannot read "x"', { hint: 'give another' })
  assert.deepEqual(shown(error, { GRAFT_DEBUG: '1' }), {
    status: 3,
    stdout: '',
    stderr: 'error: Cannot read "x"\nhint: give another\n',
  })
})

const statuses: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  data: 3,
  image: 3,
  weights: 1,
  model: 1,
  run: 1,
  diverged: 1,
  storage: 1,
  network: 1,
  aborted: 130,
}
for (const [code, status] of Object.entries(statuses)) {
  test(`showFailure() of "${code}" gives the exit status ${status}`, () => {
    assert.equal(shown(new UserError(code as ErrorCode, 'No')).status, status)
  })
}

test('showFailure() owns up to a fault of ours in one line, and shows the stack when asked to', () => {
  const error = new Error('Internal: a\nb')
  const { status, stderr } = shown(error)
  assert.equal(status, 1)
  assert.match(stderr, /^error: a b\nhint: this is a fault of Graft[^\n]*GRAFT_DEBUG=1[^\n]*\n$/)
  assert.match(shown(error, { GRAFT_DEBUG: '1' }).stderr, /\n\s+at .*failure\.test/)
})

test('showFailure() puts an object on standard output for programs', () => {
  const { stdout } = shown(new TypeError('no'), {}, true)
  assert.deepEqual(Object.keys(JSON.parse(stdout)), ['event', 'code', 'message', 'hint'])
  assert.equal(JSON.parse(stdout).code, 'internal')
  assert.equal(stdout.trimEnd().split('\n').length, 1)
})

test('showFailure() writes control characters out, so that no file name commands the terminal', () => {
  const { stderr } = shown(new UserError('image', 'Cannot read "\x1b[2J.jpg"'))
  assert.equal(stderr, 'error: Cannot read "\\x1b[2J.jpg"\n')
})
