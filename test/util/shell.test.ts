/** Command lines that a shell takes back as they were meant. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { shellLine } from '../../src/util/shell.ts'

test('shellLine() leaves plain words alone', () => {
  assert.equal(
    shellLine(['graft', 'train', 'photos/', '--run', 'runs/a-1.x']),
    'graft train photos/ --run runs/a-1.x',
  )
})

test('shellLine() is read back by the shell word for word', { skip: process.platform === 'win32' }, () => {
  const words = ['a b', "it's", '$HOME', '`ls`', '"', '\\', 'é', '', '*', 'line\nend', '~']
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellLine(words)}`], { encoding: 'utf8' })
  assert.deepEqual(stdout.split('\0').slice(0, -1), words)
})
