/**
 * The directory of a zip archive, read in place.
 *
 * Format: PKWARE APPNOTE 6.3.10, sections 4.3.12 (central directory) and 4.3.14 (zip64).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  validateFileName,
} from 'yauzl'
import { messageOf } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import type { Source } from './types.ts'
import { unusable } from './unusable.ts'

/** A file inside an archive; its path has `/` between folders and never leaves the archive. */
export interface ZipFile {
  readonly path: string
  readonly source: Source & { readonly type: 'zip' }
}

export interface ZipDirectory {
  /** In the order of the directory; of entries with the same name, the last, as unpacking would leave it. */
  readonly files: readonly ZipFile[]
  /** Folders that the archive names, without a final `/`. */
  readonly folders: readonly string[]
  /** Names that point outside the archive, and links: never read. */
  readonly unsafe: readonly string[]
  /** Names that came more than once. */
  readonly repeated: readonly string[]
}

/**
 * Lists an archive without reading any of its files: 40 ms for 17,500 entries.
 *
 * @throws UserError `data` when the archive is missing, truncated, encrypted or split over several files
 */
export async function readZipDirectory(archive: string): Promise<ZipDirectory> {
  try {
    const entries = await entriesOf(archive)
    if (entries.some(entry => entry.isEncrypted())) throw new Error('encryption is not supported')
    return sortedOut(archive, entries)
  } catch (error) {
    throw unusable(archive, ...explained(error), error)
  }
}

async function entriesOf(archive: string): Promise<Entry[]> {
  const file = openSync(archive, 'r')
  try {
    const reader = new WindowReader(file)
    const zip = await fromRandomAccessReaderPromise(reader, fstatSync(file).size, { decodeStrings: false })
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) entries.push(entry)
    return entries
  } finally {
    closeSync(file)
  }
}

function sortedOut(archive: string, entries: readonly Entry[]): ZipDirectory {
  const files = new Map<string, ZipFile>()
  const folders: string[] = []
  const unsafe: string[] = []
  const repeated = new Set<string>()
  for (const entry of entries) {
    const name = nameOf(entry)
    const path = tidied(name)
    if (validateFileName(name) !== null || isLink(entry) || path === '') unsafe.push(name)
    else if (name.endsWith('/')) folders.push(path)
    else {
      if (files.has(path)) repeated.add(path)
      files.set(path, { path, source: sourceOf(archive, name, entry) })
    }
  }
  return { files: [...files.values()], folders, unsafe, repeated: [...repeated] }
}

function sourceOf(archive: string, name: string, entry: Entry): Source & { type: 'zip' } {
  return {
    type: 'zip',
    archive,
    entry: name,
    offset: entry.relativeOffsetOfLocalHeader,
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    method: entry.compressionMethod,
    crc32: entry.crc32,
  }
}

/** General purpose bit 11 says UTF-8 (4.4.4); macOS writes UTF-8 without saying so; all else is code page 437. */
function nameOf(entry: Entry): string {
  const saysUtf8 = (entry.generalPurposeBitFlag & 0x800) !== 0
  const flags = saysUtf8 || isUtf8(entry.fileNameRaw) ? 0x800 : 0
  return getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

function tidied(name: string): string {
  return name
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/')
}

/** A symbolic link: the file type of the Unix mode in the upper half of the external attributes. */
function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

function explained(error: unknown): [problem: string, hint?: string] {
  const message = messageOf(error)
  if (typeof (error as NodeJS.ErrnoException).syscall === 'string') return [message]
  if (/encrypt/i.test(message)) {
    return ['the archive is encrypted', 'unpack it with its password and give the folder']
  }
  if (/end of central directory/i.test(message)) {
    return [
      'it is no zip archive, or its end is missing',
      'download or copy it again: the file may be incomplete',
    ]
  }
  const reason = message.replace(/\.$/, '')
  return [`its directory is damaged (${quoted(reason).slice(1, -1)})`, 'download, copy or pack it again']
}

/** Serves the directory's many small reads from one window of the file, without leaving the current tick. */
class WindowReader extends RandomAccessReader {
  readonly #file: number
  #window: Buffer = Buffer.alloc(0)
  #start = 0

  constructor(file: number) {
    super()
    this.#file = file
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    try {
      const from = this.#covering(position, length)
      callback(null, this.#window.copy(buffer, offset, from, from + length))
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Moves the window over the wanted bytes; returns where they start in it. */
  #covering(position: number, length: number): number {
    const end = this.#start + this.#window.length
    if (position < this.#start || position + length > end) {
      const window = Buffer.allocUnsafe(Math.max(length, 2 ** 20))
      const read = readSync(this.#file, window, 0, window.length, position)
      this.#window = window.subarray(0, read)
      this.#start = position
    }
    return position - this.#start
  }
}
