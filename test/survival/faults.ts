/**
 * Loaded before the program by the tests (`node --import`), in each of its threads: a process that dies in the middle of
 * writing, a record of what it did to the disk, a clock that runs fast or jumps. Nothing of it is in the product.
 */

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'
import type { Change, Faults, TracedChange } from './harness.ts'

const { kill, trace, clock }: Faults = JSON.parse(process.env['GRAFT_FAULTS'] ?? '{}')
const real = { ...fs }

/** Paths of open files, for the record. */
const paths = new Map<number, string>()

/** Adds to a file by functions that are not watched. @returns its size then */
function add(path: string, text: string): number {
  const file = real.openSync(path, 'a')
  try {
    real.writeSync(file, text)
    return real.fstatSync(file).size
  } finally {
    real.closeSync(file)
  }
}

/** Whether this is the change to die at, counted among all threads of the process. */
function isFatal(change: Change, path: string): boolean {
  if (kill === undefined || (kill.change ?? change) !== change || !path.includes(kill.path ?? ''))
    return false
  return add(kill.tally, '.') === kill.nth
}

function note(...change: TracedChange): void {
  if (trace !== undefined) add(trace, `${JSON.stringify(change)}\n`)
}

/** What this thread has written and not flushed yet: the size up to which a file is safe, by path. */
const unsafe = new Map<string, number>()

/** As after a power cut: what was not flushed is gone, or is there as zeros, as some file systems leave it. */
function losePower(leaving: 'nothing' | 'zeros'): void {
  for (const [path, size] of unsafe) {
    if (!real.existsSync(path)) continue
    const end = real.statSync(path).size
    real.truncateSync(path, size)
    if (leaving === 'zeros') real.truncateSync(path, end)
  }
}

function die(): never {
  if (kill?.unflushed !== undefined) losePower(kill.unflushed)
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

/** Dies before a change when its number has come. */
function before(...change: TracedChange): void {
  if (isFatal(change[0], change.at(-1)!)) die()
  note(...change)
}

const pathOf = (file: number): string => paths.get(file) ?? ''

Object.assign(fs, {
  openSync(path: string, flags: string | number = 'r', mode?: number) {
    if (flags !== 'r') before('open', String(path))
    const file = real.openSync(path, flags, mode)
    paths.set(file, resolve(String(path)))
    return file
  },
  /** A write that is cut off has brought half of its bytes to the disk. */
  writeSync(file: number, data: Uint8Array | string, offset = 0, length?: number, position?: number | null) {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const count = length ?? bytes.length - offset
    const path = pathOf(file)
    if (!unsafe.has(path)) unsafe.set(path, real.fstatSync(file).size)
    if (isFatal('write', path)) {
      real.writeSync(file, bytes, offset, Math.floor(count / 2), position)
      die()
    }
    note('write', path)
    return real.writeSync(file, bytes, offset, count, position)
  },
  fsyncSync(file: number) {
    before('flush', pathOf(file))
    real.fsyncSync(file)
    unsafe.delete(pathOf(file))
  },
  ftruncateSync(file: number, length?: number) {
    before('truncate', pathOf(file))
    real.ftruncateSync(file, length)
  },
  renameSync(from: string, to: string) {
    before('rename', from, to)
    real.renameSync(from, to)
  },
  mkdirSync(path: string, options?: fs.MakeDirectoryOptions) {
    before('make', path)
    return real.mkdirSync(path, options)
  },
  rmSync(path: string, options?: fs.RmOptions) {
    before('remove', path)
    real.rmSync(path, options)
  },
})
syncBuiltinESMExports()

/** Milliseconds that a jumping clock is put forward or back, by turns. */
const jump = 400 * 24 * 3600 * 1000
if (clock === 'fast') {
  // A thousand seconds pass in one, so that every epoch is worth a checkpoint.
  const origin = performance.timeOrigin
  Object.defineProperty(performance, 'timeOrigin', { get: () => origin + 999 * performance.now() })
}
if (clock === 'jumping') {
  const now = Date.now.bind(Date)
  let calls = 0
  Date.now = () => now() + (calls++ % 2 === 0 ? jump : -jump)
}
