/** Files made for a test: folders from a list of paths, and zip archives with any flaw a test needs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { crc32ByTable } from '../../src/util/crc32.ts'

/** Content by path; a path that ends with `/` is an empty folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** A folder that is removed when the test ends. */
export function madeFolder(context: TestContext, files: Files = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'graft-dataset-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true })
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
  }
  return root
}

/** Paths as files whose content is their path: enough for layers that open no image. */
export function pathsOnly(...paths: string[]): Files {
  return Object.fromEntries(paths.map(path => [path, path]))
}

export interface ZipEntryOptions {
  readonly name: string | Uint8Array
  readonly content?: string | Uint8Array
  /** 8 by default. */
  readonly method?: number
  /** General purpose bits; bit 11 (UTF-8) by default. */
  readonly flags?: number
  readonly crc32?: number
  readonly size?: number
  /** Sizes and offset in a zip64 extra field (APPNOTE 4.5.3). */
  readonly zip64?: boolean
  /** Bytes of an extra field in the local header only. */
  readonly localExtra?: number
  readonly unixMode?: number
}

/** A zip archive, written as PKWARE APPNOTE 4.3 describes it. */
export function madeZip(entries: readonly ZipEntryOptions[], zip64 = false): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { local, directory } = zipEntry(entry, offset)
    locals.push(local)
    central.push(directory)
    offset += local.length
  }
  const size = central.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([...locals, ...central, endRecords(entries.length, size, offset, zip64)])
}

/** An archive of the files, as a tool would pack them. */
export function zipOf(files: Files, outer = ''): Buffer {
  const entries = Object.entries(files).map(([path, content]) => ({ name: outer + path, content }))
  return madeZip(entries)
}

function zipEntry(entry: ZipEntryOptions, offset: number): { local: Buffer; directory: Buffer } {
  const name = Buffer.from(entry.name)
  const content = Buffer.from(entry.content ?? '')
  const method = entry.method ?? 8
  const data = method === 8 ? deflateRawSync(content) : content
  const size = entry.size ?? content.length
  const shared = Buffer.alloc(22)
  shared.writeUInt16LE(entry.flags ?? 0x800, 0)
  shared.writeUInt16LE(method, 2)
  shared.writeUInt32LE(entry.crc32 ?? crc32ByTable(content), 8)
  shared.writeUInt32LE(entry.zip64 ? 0xffffffff : data.length, 12)
  shared.writeUInt32LE(entry.zip64 ? 0xffffffff : size, 16)
  shared.writeUInt16LE(name.length, 20)
  const localExtra = Buffer.alloc(entry.localExtra ?? 0)
  const local = [hex('504b0304 1400'), shared, uint16(localExtra.length), name, localExtra, data]
  const extra = entry.zip64 ? zip64Extra(size, data.length, offset) : Buffer.alloc(0)
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(((entry.unixMode ?? 0o100644) << 16) >>> 0, 6)
  tail.writeUInt32LE(entry.zip64 ? 0xffffffff : offset, 10)
  const directory = [hex('504b0102 1403 1400'), shared, uint16(extra.length), tail, name, extra]
  return { local: Buffer.concat(local), directory: Buffer.concat(directory) }
}

function zip64Extra(size: number, compressedSize: number, offset: number): Buffer {
  return Buffer.concat([uint16(1), uint16(24), uint64(size), uint64(compressedSize), uint64(offset)])
}

function endRecords(count: number, size: number, offset: number, zip64: boolean): Buffer {
  const most = (value: number, limit: number): number => (zip64 ? limit : value)
  const end = Buffer.concat([
    hex('504b0506 00000000'),
    uint16(most(count, 0xffff)),
    uint16(most(count, 0xffff)),
    uint32(most(size, 0xffffffff)),
    uint32(most(offset, 0xffffffff)),
    uint16(0),
  ])
  if (!zip64) return end
  const record = [
    hex('504b0606'),
    uint64(44),
    hex('2d03 2d00 00000000 00000000'),
    uint64(count),
    uint64(count),
  ]
  const locator = [hex('504b0607 00000000'), uint64(offset + size), uint32(1)]
  return Buffer.concat([...record, uint64(size), uint64(offset), ...locator, end])
}

function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex')
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
