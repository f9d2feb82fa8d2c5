/** `graft export` and mistakes in its options. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHere } from '../context.ts'

const mistakes: readonly [options: readonly string[], said: RegExp][] = [
  [[], /"--to" is missing.*\n.*--to web/],
  [['--to', 'webb'], /did you mean "web"/],
  [['--to', 'web', '--images', '-1'], /"--images" takes no number below 0/],
  [['--to', 'web', '--max-loss', '1'], /"--max-loss" goes with "--quantize"/],
  [['--to', 'tfjs', '--quantize', 'int8'], /"--to tfjs" and "--quantize" exclude each other/],
]

for (const [options, said] of mistakes) {
  test(`graft export ${options.join(' ')} is wrong usage, and says what is right`, async () => {
    const { status, stdout, stderr } = await runHere(['export', 'no-run', ...options])
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, said)
  })
}

test('graft export of what is no run names what is missing', async () => {
  const { status, stderr } = await runHere(['export', 'no-run', '--to', 'web'])
  assert.equal(status, 1)
  assert.match(stderr, /There is no run in "no-run"/)
})
