import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graftLine } from '../../src/cli/shell.ts'

test('graftLine() goes through npx for who came through npm', () => {
  assert.equal(graftLine(['predict', 'x'], {}), 'graft predict x')
  assert.equal(graftLine(['predict', 'x'], { npm_command: 'run-script' }), 'npx graft predict x')
})
