import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from '../../../src/model/weights/lock.ts'
import { temporaryFolder, userError } from './support.ts'

/** Above any number that Linux, macOS or Windows gives to a process. */
const noProcess = '2147483647'

test('withLock() holds the lock during the work, and releases it also after a failure', async t => {
  const lock = join(temporaryFolder(t), 'x.lock')
  const held = await withLock(lock, async () => readFileSync(lock, 'utf8'))
  assert.equal(held, String(process.pid))
  await assert.rejects(
    withLock(lock, () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.ok(!existsSync(lock))
})

test('withLock() refuses while a living process holds the lock, and leaves it alone', async t => {
  const lock = join(temporaryFolder(t), 'x.lock')
  const refused = userError('storage', /Another process \(\d+\) is at work on ".*x" \| .*remove ".*x.lock"/)
  await withLock(lock, () =>
    assert.rejects(
      withLock(lock, async () => {}),
      refused,
    ),
  )
  writeFileSync(lock, '') // just made, its number not written yet
  await assert.rejects(
    withLock(lock, async () => {}),
    userError('storage', /Another process is at work/),
  )
  assert.ok(existsSync(lock))
})

test('withLock() takes over from a process that is gone', async t => {
  const lock = join(temporaryFolder(t), 'x.lock')
  writeFileSync(lock, noProcess)
  assert.equal(await withLock(lock, async () => 'done'), 'done')
  assert.ok(!existsSync(lock))
})
