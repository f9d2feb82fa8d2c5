/**
 * The two files of a row store, and how they are checked.
 *
 * Both begin with 64 bytes: magic `GRAFTROW` (8), version (uint32), row size (uint32), SHA-256 of the description
 * (32), zeros (12), CRC-32 of all that (uint32). In `rows.bin` the rows follow, back to back. In `index.bin` records
 * of 44 bytes follow: key (32), row number, CRC-32 of the row, CRC-32 of the record up to here (uint32 each). All
 * integers are little-endian.
 */
import { createHash } from 'node:crypto'
import { constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from '../util/crc32.ts'
import type { KeyIndex, RowEntry } from './key-index.ts'

export const headerBytes = 64
const recordBytes = 44
const version = 1
/** Records read at once: 2.8 MB. */
const recordsAtOnce = 65_536

/** What a store's files must say to be used. */
export interface StoreIdentity {
  readonly rowBytes: number
  /** Everything that decides what a row of a given key holds. */
  readonly description: string
}

function headerOf({ rowBytes, description }: StoreIdentity): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.write('GRAFTROW', 'latin1')
  header.writeUInt32LE(version, 8)
  header.writeUInt32LE(rowBytes, 12)
  createHash('sha256').update(description).digest().copy(header, 16)
  header.writeUInt32LE(crc32(header.subarray(0, 60)), 60)
  return header
}

/**
 * Opens a file for reading and writing. One that begins with another header, or none, is emptied.
 *
 * @returns the descriptor, and whether the file was kept
 */
export function openChecked(path: string, identity: StoreIdentity): { file: number; kept: boolean } {
  const header = headerOf(identity)
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT)
  const kept = readFully(file, headerBytes, 0).equals(header)
  if (!kept) {
    ftruncateSync(file, 0)
    writeFully(file, header, 0)
  }
  return { file, kept }
}

/** Empties an opened file down to its header. */
export function emptyFile(file: number): void {
  ftruncateSync(file, headerBytes)
}

/** A record of the index. */
export function writeRecord(to: Buffer, place: number, key: Uint8Array, { row, checksum }: RowEntry): void {
  const record = to.subarray(place * recordBytes, (place + 1) * recordBytes)
  record.set(key)
  record.writeUInt32LE(row, 32)
  record.writeUInt32LE(checksum, 36)
  record.writeUInt32LE(crc32(record.subarray(0, 40)), 40)
}

export const recordsBuffer = (count: number): Buffer => Buffer.alloc(count * recordBytes)
export const recordPosition = (count: number): number => headerBytes + count * recordBytes

/**
 * Loads the index: records that are damaged, or whose row is not wholly in the other file, are left out.
 *
 * @param rows how many whole rows the other file holds
 * @returns how many records the file has, a torn last one not counted
 */
export function loadRecords(file: number, rows: number, index: KeyIndex): number {
  const total = Math.floor(Math.max(0, fstatSync(file).size - headerBytes) / recordBytes)
  for (let first = 0; first < total; first += recordsAtOnce) {
    const count = Math.min(recordsAtOnce, total - first)
    const records = readFully(file, count * recordBytes, recordPosition(first))
    for (let at = 0; at + recordBytes <= records.length; at += recordBytes) {
      const record = records.subarray(at, at + recordBytes)
      const row = record.readUInt32LE(32)
      if (row >= rows || crc32(record.subarray(0, 40)) !== record.readUInt32LE(40)) continue
      index.set(record.subarray(0, 32), { row, checksum: record.readUInt32LE(36) })
    }
  }
  return total
}

/** Reads up to `length` bytes: fewer where the file ends. */
export function readFully(file: number, length: number, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, readInto(file, buffer, position))
}

/** Fills an array from a file, and says how much of it the file had. */
export function readInto(file: number, to: Uint8Array, position: number): number {
  let filled = 0
  while (filled < to.length) {
    const read = readSync(file, to, filled, to.length - filled, position + filled)
    if (read === 0) break
    filled += read
  }
  return filled
}

export function writeFully(file: number, bytes: Uint8Array, position: number): void {
  let written = 0
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written)
  }
}
