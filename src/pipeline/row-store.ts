/** Rows of fixed length on disk, found by the hash of what they were made from: decoded pixels, frozen features. */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from '../util/crc32.ts'
import { makeFolder, storageError } from '../util/files.ts'
import { KeyIndex, type RowEntry } from './key-index.ts'
import { tryLock } from './lock.ts'
import { type Notes, openNotes } from './notes.ts'
import * as files from './row-files.ts'

/** A key of 64 hexadecimal digits: the SHA-256 of some words. */
export function rowKey(...words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex')
}

/** The lock file inside a store's folder. */
export const lockName = 'writer.lock'
/** The rows' file inside a store's folder. */
export const rowsName = 'rows.bin'

/**
 * Opens the row store in a folder, made when there is none. Rows of another size or description are dropped.
 *
 * A store has one writer. While another has it open, in this process or in another, this one gets an empty store of
 * its own in the folder for temporary files, which `close` removes.
 *
 * @param now milliseconds since 1970, kept as the time of last use
 * @throws UserError `storage` when the folder cannot be used
 */
export function openRowStore(
  folder: string,
  identity: files.StoreIdentity,
  now: number = Date.now(),
): RowStore {
  try {
    makeFolder(folder)
    const release = tryLock(join(folder, lockName))
    if (release !== null) return opened(folder, identity, now, false, release)
    const own = mkdtempSync(join(tmpdir(), 'graft-rows-'))
    return opened(own, identity, now, true, () => rmSync(own, { recursive: true, force: true }))
  } catch (error) {
    throw storageError('use', folder, error)
  }
}

function opened(...parts: ConstructorParameters<typeof RowStore>): RowStore {
  try {
    return new RowStore(...parts)
  } catch (error) {
    parts[4]()
    throw error
  }
}

/** Bytes that are read in one go when rows lie side by side. */
const readAtOnce = 2 ** 23

/**
 * An open row store.
 *
 * A row is written before its index record, and both carry checksums: whatever a crash, a power cut or a bad disk
 * leaves is noticed and counts as absent, to be made again.
 */
export class RowStore {
  readonly folder: string
  readonly rowBytes: number
  /** Whether it is a temporary one, because another writer has the folder. */
  readonly isPrivate: boolean
  /** Texts by key, such as why there is no row. */
  readonly notes: Notes
  readonly #rows: number
  readonly #index: number
  readonly #entries = new KeyIndex()
  readonly #release: () => void
  /** How many rows and records the files hold. */
  #rowCount: number
  #recordCount: number

  /** Use `openRowStore`. */
  constructor(
    folder: string,
    identity: files.StoreIdentity,
    now: number,
    isPrivate: boolean,
    release: () => void,
  ) {
    this.folder = folder
    this.rowBytes = identity.rowBytes
    this.isPrivate = isPrivate
    this.#release = release
    const rows = files.openChecked(join(folder, rowsName), identity)
    const index = files.openChecked(join(folder, 'index.bin'), identity)
    const kept = rows.kept && index.kept
    if (!kept) for (const { file } of [rows, index]) files.emptyFile(file)
    this.#rows = rows.file
    this.#index = index.file
    this.#rowCount = Math.floor((fstatSync(this.#rows).size - files.headerBytes) / this.rowBytes)
    this.#recordCount = files.loadRecords(this.#index, this.#rowCount, this.#entries)
    this.notes = openNotes(join(folder, 'notes.jsonl'), kept)
    utimesSync(join(folder, rowsName), now / 1000, now / 1000)
  }

  has(key: string): boolean {
    return this.#entries.get(bytesOf(key)) !== null
  }

  /**
   * Reads rows, `[keys.length, rowBytes]`.
   *
   * @returns the places in `keys` of rows that are absent or damaged; what `out` holds there means nothing
   */
  read(keys: readonly string[], out: Uint8Array): number[] {
    const entries = keys.map(key => this.#entries.get(bytesOf(key)))
    const most = Math.max(1, Math.floor(readAtOnce / this.rowBytes))
    const missing: number[] = []
    for (let place = 0; place < keys.length; ) {
      const length = runLength(entries, place, most)
      if (length > 0) this.#readRun(keys, entries, place, length, out, missing)
      else missing.push(place)
      place += Math.max(1, length)
    }
    return missing
  }

  /**
   * Looks whether rows are there and whole, at the speed of reading them.
   *
   * @returns the places in `keys` of rows that are absent or damaged, in their order; the store forgets the damaged ones
   */
  absent(keys: readonly string[]): number[] {
    const most = Math.max(1, Math.min(keys.length, Math.floor(readAtOnce / this.rowBytes)))
    const scratch = new Uint8Array(most * this.rowBytes)
    const places: number[] = []
    for (let from = 0; from < keys.length; from += most) {
      const some = keys.slice(from, from + most)
      for (const place of this.read(some, scratch.subarray(0, some.length * this.rowBytes)))
        places.push(from + place)
    }
    return places
  }

  /** Reads one row to `out` from `offset` on, and says whether it was there and whole. */
  readRow(key: string, out: Uint8Array, offset = 0): boolean {
    return this.read([key], out.subarray(offset, offset + this.rowBytes)).length === 0
  }

  /** Reads `length` rows that lie side by side, and forgets those whose checksum is wrong. */
  #readRun(
    keys: readonly string[],
    entries: readonly (RowEntry | null)[],
    place: number,
    length: number,
    out: Uint8Array,
    missing: number[],
  ): void {
    const { rowBytes } = this
    const run = out.subarray(place * rowBytes, (place + length) * rowBytes)
    const filled = files.readInto(this.#rows, run, this.#position(entries[place]!.row))
    for (let i = 0; i < length; i++) {
      const whole = (i + 1) * rowBytes <= filled
      if (whole && crc32(run.subarray(i * rowBytes, (i + 1) * rowBytes)) === entries[place + i]!.checksum)
        continue
      this.#entries.delete(bytesOf(keys[place + i]!))
      missing.push(place + i)
    }
  }

  /**
   * Adds rows. A key that is already there gets the new row.
   *
   * @param rows `[keys.length, rowBytes]`
   * @throws UserError `storage` when the disk is full or cannot be written; the store stays usable
   */
  append(keys: readonly string[], rows: Uint8Array): void {
    const { rowBytes } = this
    if (rows.length !== keys.length * rowBytes) {
      throw new RangeError(`Expected ${keys.length} rows of ${rowBytes} bytes, received ${rows.length} bytes`)
    }
    const records = files.recordsBuffer(keys.length)
    const entries = keys.map((key, i) => {
      const checksum = crc32(rows.subarray(i * rowBytes, (i + 1) * rowBytes))
      const entry = { row: this.#rowCount + i, checksum }
      files.writeRecord(records, i, bytesOf(key), entry)
      return entry
    })
    try {
      files.writeFully(this.#rows, rows, this.#position(this.#rowCount))
      files.writeFully(this.#index, records, files.recordPosition(this.#recordCount))
    } catch (error) {
      throw storageError('write', join(this.folder, rowsName), error)
    }
    this.#rowCount += keys.length
    this.#recordCount += keys.length
    for (const [i, key] of keys.entries()) this.#entries.set(bytesOf(key), entries[i]!)
  }

  /** Closes the files and lets another writer have the folder; a private store is removed. */
  close(): void {
    closeSync(this.#rows)
    closeSync(this.#index)
    this.#release()
  }

  #position(row: number): number {
    return files.headerBytes + row * this.rowBytes
  }
}

/** How many entries from `place` on lie side by side in the file: 0 when the first is absent. */
function runLength(entries: readonly (RowEntry | null)[], place: number, most: number): number {
  const first = entries[place]
  if (!first) return 0
  let length = 1
  while (length < most && entries[place + length]?.row === first.row + length) length++
  return length
}

function bytesOf(key: string): Uint8Array {
  const bytes = Buffer.from(key, 'hex')
  if (bytes.length !== 32) throw new RangeError(`Expected a key of 64 hexadecimal digits, received "${key}"`)
  return bytes
}
