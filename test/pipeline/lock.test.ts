import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isLocked, tryLock } from '../../src/pipeline/lock.ts'
import { temporaryFolder } from './pictures.ts'

test('tryLock() gives a lock once until it is released', context => {
  const path = join(temporaryFolder(context), 'lock')
  const release = tryLock(path)
  assert.ok(release)
  assert.ok(isLocked(path))
  assert.equal(tryLock(path), null)
  release()
  assert.equal(existsSync(path), false)
  assert.ok(tryLock(path))
})

test('tryLock() leaves nothing beside the lock, whether it gets it or not', context => {
  const folder = temporaryFolder(context)
  const release = tryLock(join(folder, 'lock'))!
  assert.equal(tryLock(join(folder, 'lock')), null)
  assert.deepEqual(readdirSync(folder), ['lock'])
  release()
  assert.deepEqual(readdirSync(folder), [])
})

test('tryLock() takes over the lock of a process that is gone', context => {
  const path = join(temporaryFolder(context), 'lock')
  const { pid } = spawnSync(process.execPath, ['--version'])
  writeFileSync(path, JSON.stringify({ host: hostname(), pid, started: null }))
  assert.equal(isLocked(path), false)
  assert.ok(tryLock(path))
})

test('tryLock() takes over a lock whose process number another process has now', context => {
  const path = join(temporaryFolder(context), 'lock')
  writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.pid, started: 'another time' }))
  assert.ok(tryLock(path))
})

test('tryLock() takes over a lock that is damaged', context => {
  const path = join(temporaryFolder(context), 'lock')
  writeFileSync(path, '{"host":')
  assert.ok(tryLock(path))
})

test("tryLock() respects another machine's lock", context => {
  const path = join(temporaryFolder(context), 'lock')
  writeFileSync(path, JSON.stringify({ host: 'elsewhere', pid: 1, started: null }))
  assert.equal(tryLock(path), null)
})

test('a release leaves a lock that has become another process’s', context => {
  const path = join(temporaryFolder(context), 'lock')
  const release = tryLock(path)!
  const other = JSON.stringify({ host: 'elsewhere', pid: 1, started: null })
  writeFileSync(path, other)
  release()
  assert.equal(readFileSync(path, 'utf8'), other)
})

test('tryLock() fails where nothing can be written', context => {
  assert.throws(() => tryLock(join(temporaryFolder(context), 'no', 'such', 'lock')), /ENOENT/)
})
