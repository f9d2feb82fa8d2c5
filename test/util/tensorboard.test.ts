/** Event files, byte by byte as TensorBoard's own writer makes them (scripts/parity/event_file.py). */
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { UserError } from '../../src/util/errors.ts'
import { openEventFile } from '../../src/util/tensorboard.ts'
import { readRecords } from '../../src/util/tfrecord.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-events-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** From 2023-11-14T22:13:20Z, one and a half seconds a call. */
function steadyClock(): () => number {
  let now = 1_700_000_000_000 - 1500
  return () => (now += 1500)
}

/** The points of the fixture, in two sessions. */
function writeTwoSessions(path: string, between: () => void): void {
  const clock = steadyClock()
  const first = openEventFile(path, clock)
  first.scalar('accuracy/train', 0, 0.75)
  first.scalar('loss/validation', 1, 0.1)
  first.scalar('loss/validation', 300, Number.NaN)
  first.scalar(`größe/${'x'.repeat(300)}`, 5_000_000_000, -1e-30)
  first.close()
  between()
  const second = openEventFile(path, clock, 300)
  second.scalar('loss/validation', 300, 0.05)
  second.close()
}

test('openEventFile() writes the bytes that TensorBoard writes, also when it resumes', () => {
  const path = join(folder, 'new/events.out.tfevents.1')
  writeTwoSessions(path, () => {})
  assert.deepEqual(readFileSync(path), readFileSync('test/util/fixtures/events.tfevents'))
})

test('openEventFile() cuts off what a killed process left half written', () => {
  const path = join(folder, 'events.out.tfevents.1')
  writeTwoSessions(path, () => appendFileSync(path, readFileSync(path).subarray(0, 20)))
  assert.deepEqual(readFileSync(path), readFileSync('test/util/fixtures/events.tfevents'))
})

test('openEventFile() begins anew in a file without one sound record', () => {
  const path = join(folder, 'events.out.tfevents.1')
  writeFileSync(path, 'no records at all, but more than twelve bytes')
  openEventFile(path, steadyClock()).close()
  const fixture = readFileSync('test/util/fixtures/events.tfevents')
  const bytes = readFileSync(path)
  assert.equal(readRecords(bytes).data.length, 1)
  assert.deepEqual(bytes, fixture.subarray(0, bytes.length))
})

test('openEventFile() names a path that cannot be written', () => {
  assert.throws(
    () => openEventFile(folder, Date.now),
    error => error instanceof UserError && error.code === 'storage' && error.message.includes(`"${folder}"`),
  )
})
