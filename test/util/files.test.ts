/** Files are complete or absent, and a failure is told in words. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { UserError } from '../../src/util/errors.ts'
import { makeFolder, storageError, writeFileAtomic, writeNamedFile } from '../../src/util/files.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-files-'))
after(() => rmSync(root, { recursive: true, force: true }))

test('writeFileAtomic() makes folders, replaces what was there and leaves nothing else', () => {
  const path = join(root, 'a', 'b', 'file.txt')
  writeFileAtomic(path, 'one')
  writeFileAtomic(path, Uint8Array.of(116, 119, 111))
  assert.equal(readFileSync(path, 'utf8'), 'two')
  assert.deepEqual(readdirSync(join(root, 'a', 'b')), ['file.txt'])
})

test('writeFileAtomic() names the file that it cannot write', () => {
  writeFileSync(join(root, 'file'), '')
  const path = join(root, 'file', 'inside')
  assert.throws(
    () => writeFileAtomic(path, 'x'),
    (error: UserError) => error.code === 'storage' && error.message.includes(`Cannot write "${path}"`),
  )
})

test('writeNamedFile() follows links, also to what is not there yet, and leaves them', () => {
  const [kept, fresh] = [join(root, 'kept.csv'), join(root, 'fresh.csv')]
  writeFileSync(kept, 'old')
  for (const [at, target] of [kept, fresh].entries()) {
    const link = join(root, `link-${at}`)
    symlinkSync(target, link)
    writeNamedFile(link, 'new')
    assert.ok(lstatSync(link).isSymbolicLink())
    assert.equal(readFileSync(target, 'utf8'), 'new')
  }
})

test('writeNamedFile() follows a relative link from the folder in which it really lies', () => {
  makeFolder(join(root, 'real', 'sub'))
  symlinkSync(join(root, 'real', 'sub'), join(root, 'short'))
  symlinkSync(join('..', 'out.csv'), join(root, 'real', 'sub', 'link.csv'))
  for (const content of ['first', 'again']) {
    writeNamedFile(join(root, 'short', 'link.csv'), content)
    assert.equal(readFileSync(join(root, 'real', 'out.csv'), 'utf8'), content)
  }
})

test('writeNamedFile() writes into a pipe that another process reads', {
  skip: process.platform === 'win32',
}, async () => {
  const pipe = join(root, 'pipe')
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0)
  const reader = spawn('cat', [pipe])
  const read = new Promise(resolve => reader.stdout.once('data', chunk => resolve(String(chunk))))
  writeNamedFile(pipe, 'through')
  assert.equal(await read, 'through')
  assert.ok(lstatSync(pipe).isFIFO())
})

test('makeFolder() makes what is absent and leaves what is there', () => {
  const folder = join(root, 'x', 'y', 'z')
  makeFolder(folder)
  writeFileSync(join(folder, 'kept'), '')
  makeFolder(folder)
  assert.deepEqual(readdirSync(folder), ['kept'])
})

test('makeFolder() refuses to make a folder below a plain file', () => {
  writeFileSync(join(root, 'plain'), '')
  assert.throws(() => makeFolder(join(root, 'plain', 'a', 'b')), { code: 'EEXIST' })
})

test('makeFolder() ends where the system takes no folders', { skip: process.platform !== 'linux' }, () => {
  assert.throws(() => makeFolder('/proc/graft/run'), { code: 'ENOENT' })
})

test('storageError() says what to do about a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  assert.match(storageError('write', 'x', full).hint!, /free some space/)
})
