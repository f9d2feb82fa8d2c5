/** Disks that are full, folders that cannot be written, files that were damaged: each has its message, and its way on. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { train } from '../../src/api/train.ts'
import { load } from '../../src/bundle/classifier.ts'
import { readCheckpoint } from '../../src/train/checkpoint.ts'
import type { TrainOptions } from '../../src/train/options.ts'
import { lockRun } from '../../src/train/run-folder.ts'
import type { ErrorCode, UserError } from '../../src/util/errors.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-storage-'))
const at = (...names: string[]): string => join(root, ...names)
const [data, cache] = [at('data'), at('cache')]
const options: TrainOptions = {
  weights: 'random',
  alpha: 0.1,
  size: 32,
  epochs: [2, 1],
  batchSize: 8,
  validation: 0.25,
  augment: 'none',
  threads: 1,
}
before(async () => {
  await writeImages(data, 8)
  await train(data, { ...options, run: at('whole'), cache })
})
after(() => rmSync(root, { recursive: true, force: true }))

const bytesOf = (run: string, file = 'best.onnx'): Buffer => readFileSync(join(run, file))

function failure(request: object, code: ErrorCode, message: RegExp, hint: RegExp): Promise<void> {
  return assert.rejects(
    async () => train(data, { ...options, cache, ...request }),
    (error: UserError) => {
      assert.match(error.message, message)
      assert.match(error.hint ?? '', hint)
      return error.code === code
    },
  )
}

/** A file system in memory; undefined, and the test skipped, where this process may mount none. */
function mounted(context: TestContext, name: string, settings: string): string | undefined {
  const folder = at(name)
  mkdirSync(folder)
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', settings, 'tmpfs', folder])
  if (status === 0) {
    context.after(() => void spawnSync('umount', [folder]))
    return folder
  }
  context.skip('no file system can be mounted here')
  return undefined
}

const room = (folder: string, settings: string): void => {
  assert.equal(spawnSync('mount', ['-o', `remount,${settings}`, folder]).status, 0)
}

test('train() on a disk that is full names the file, leaves no part, and goes on once there is room', async context => {
  const disk = mounted(context, 'small', 'size=300k')
  if (disk === undefined) return
  const run = join(disk, 'run')
  await failure({ run }, 'storage', /^Cannot write ".*small\/run\/.*": ENOSPC/, /free some space/)
  const names = readdirSync(run, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    names.filter(name => name.endsWith('.part')),
    [],
  )
  room(disk, 'size=30m')
  await train(data, { run, cache, resume: true })
  assert.ok(bytesOf(run).equals(bytesOf(at('whole'))))
})

test('train() with a cache on a disk that is full says so', async context => {
  const disk = mounted(context, 'small-cache', 'size=60k')
  if (disk === undefined) return
  await failure(
    { run: at('b'), cache: disk },
    'storage',
    /^Cannot \w+ ".*small-cache\/.*": ENOSPC/,
    /free some space/,
  )
})

test('train() in a folder that cannot be written says which', async context => {
  const disk = mounted(context, 'read-only', 'size=1m,ro')
  if (disk === undefined) return
  await failure(
    { run: join(disk, 'run') },
    'storage',
    /^Cannot use ".*read-only\/run": EROFS/,
    /may write to/,
  )
})

test('readCheckpoint() refuses one that is cut short or altered, by name', () => {
  const path = at('whole', 'checkpoint', 'state.safetensors')
  const sound = readFileSync(path)
  const refused = (bytes: Uint8Array): void => {
    writeFileSync(path, bytes)
    assert.throws(
      () => readCheckpoint(at('whole')),
      (error: UserError) => {
        assert.match(error.message, /^Cannot resume from ".*state\.safetensors": /)
        assert.match(error.hint!, /^delete the folder ".*checkpoint" to train again from the beginning$/)
        return error.code === 'run'
      },
    )
  }
  for (let part = 0; part < 100; part++) refused(sound.subarray(0, Math.floor((sound.length * part) / 100)))
  for (let part = 0; part < 100; part++) {
    const altered = Uint8Array.from(sound)
    altered[Math.floor((sound.length * part) / 100)]! ^= 0x10
    refused(altered)
  }
  writeFileSync(path, sound)
  assert.ok(readCheckpoint(at('whole')))
})

test('train() goes on without the checkpoint, from the beginning, once it is deleted as the hint says', async () => {
  rmSync(at('whole', 'checkpoint'), { recursive: true })
  const expected = bytesOf(at('whole'))
  rmSync(at('whole', 'best.onnx'))
  await train(data, { run: at('whole'), cache, resume: true })
  assert.ok(bytesOf(at('whole')).equals(expected))
})

test('train() makes again what was damaged in its cache, and gives the same bits', async () => {
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter(name =>
    /(rows\.bin|index\.bin|files\.json|notes\.jsonl)$/.test(name),
  )
  assert.ok(files.length >= 6)
  for (const [damage, bytesAfter] of Object.entries(damages)) {
    for (const name of files) writeFileSync(join(cache, name), bytesAfter(readFileSync(join(cache, name))))
    const run = at(damage)
    await train(data, { ...options, run, cache })
    assert.ok(bytesOf(run).equals(bytesOf(at('whole'))), damage)
  }
})

const damages: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
  flipped: bytes => bytes.map((byte, place) => (place % 1000 === 700 ? byte ^ 0xff : byte)),
  'cut short': bytes => bytes.subarray(0, Math.floor(bytes.length / 2)),
  emptied: () => new Uint8Array(),
}

test('load() refuses a bundle of a run that was altered, by name', async () => {
  const path = at('altered.onnx')
  const bytes = bytesOf(at('whole'))
  bytes[bytes.length - 3000]! ^= 1
  writeFileSync(path, bytes)
  await assert.rejects(load(path), (error: UserError) => {
    assert.match(error.message, /^Cannot use ".*altered\.onnx": its content is not what was written into it/)
    return error.code === 'model'
  })
})

test('train() refuses a run folder in which another process trains, and leaves it as it is', async () => {
  const release = lockRun(at('busy'))
  await failure(
    { run: at('busy') },
    'run',
    /^Another training is under way in ".*busy"$/,
    /wait for it to end/,
  )
  release()
  assert.ok(!existsSync(at('busy', 'run.json')))
})
