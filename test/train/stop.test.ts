/** A run can be asked to stop through its folder. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isStopRequested, requestStop, watchStop } from '../../src/train/stop.ts'
import type { UserError } from '../../src/util/errors.ts'

const run = mkdtempSync(join(tmpdir(), 'graft-stop-'))
after(() => rmSync(run, { recursive: true, force: true }))

test('watchStop() forgets what an earlier run was asked, hears what this one is, and leaves nothing', async () => {
  requestStop(run)
  const watch = watchStop(run, undefined)
  assert.equal(isStopRequested(run), false)
  const heard = new Promise(resolve => watch.signal.addEventListener('abort', resolve))
  const waiting = setTimeout(() => {}, 10_000) // the watch alone holds no process
  requestStop(run)
  await heard
  clearTimeout(waiting)
  assert.equal((watch.signal.reason as UserError).code, 'aborted')
  watch.close()
  assert.equal(isStopRequested(run), false)
})

test('watchStop() passes on the signal it was given', () => {
  const stopping = new AbortController()
  const watch = watchStop(run, stopping.signal)
  stopping.abort(new Error('enough'))
  assert.equal((watch.signal.reason as Error).message, 'enough')
  watch.close()
})

test('requestStop() names a folder that cannot be written', () => {
  assert.throws(
    () => requestStop(join(run, 'absent')),
    (error: UserError) => error.code === 'storage' && error.message.includes('absent'),
  )
})
