/** Whether to write colours, and whether lines can be drawn over again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isInteractive, showsColours, styleFor } from '../../../src/cli/terminal/stream.ts'
import { fakeStream } from './fake.ts'

test('showsColours() asks FORCE_COLOR, then NO_COLOR, then the stream', () => {
  const terminal = fakeStream(true)
  const file = fakeStream(false)
  for (const [stream, environment, expected] of [
    [terminal, {}, true],
    [file, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [file, { FORCE_COLOR: '1' }, true],
    [file, { FORCE_COLOR: '' }, true],
    [file, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [terminal, { FORCE_COLOR: 'false' }, false],
  ] as const)
    assert.equal(showsColours(stream, environment), expected, JSON.stringify([stream.isTTY, environment]))
})

test('styleFor() colours or leaves plain', () => {
  assert.equal(styleFor(fakeStream(true), {})('red', 'x'), '\x1b[31mx\x1b[39m')
  assert.equal(styleFor(fakeStream(false), {})('red', 'x'), 'x')
})

test('isInteractive() is for terminals that can move the cursor', () => {
  assert.equal(isInteractive(fakeStream(true), {}), true)
  assert.equal(isInteractive(fakeStream(true), { TERM: 'dumb' }), false)
  assert.equal(isInteractive(fakeStream(false), { FORCE_COLOR: '1' }), false)
})
