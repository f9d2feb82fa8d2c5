/** The bytes behind a source: a file's, or an archive entry's, checked. */
import { readFileSync, statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { messageOf, UserError } from '../util/errors.ts'
import { formatBytes } from '../util/format.ts'
import { quoted } from '../util/words.ts'
import { readZipEntry } from './entry.ts'
import type { Source } from './types.ts'

/** The largest file that is read as one image or manifest, in bytes, so that a wrong file cannot fill the memory. */
export const maxSourceSize: number = 250e6

/**
 * The whole content of a source. It may be a view into a larger buffer: copy it before transferring that to a worker.
 *
 * @throws UserError `image` that names the source, when it is absent, damaged or larger than `maxSourceSize`
 */
export async function readSource(source: Source): Promise<Uint8Array> {
  if (source.type === 'zip') return readSourceSync(source)
  try {
    checkFile(await stat(source.path))
    return await readFile(source.path)
  } catch (error) {
    throw unreadable(source, error)
  }
}

/** As `readSource`, without leaving the thread: for decode workers, and quicker for small files. */
export function readSourceSync(source: Source): Uint8Array {
  try {
    if (source.type === 'file') {
      checkFile(statSync(source.path))
      return readFileSync(source.path)
    }
    checkSize(Math.max(source.size, source.compressedSize))
    return readZipEntry(source)
  } catch (error) {
    throw unreadable(source, error)
  }
}

/** How a source is named in messages: its path, or `archive/entry`. */
export function nameOfSource(source: Source): string {
  return source.type === 'file' ? source.path : `${source.archive}/${source.entry}`
}

/** Only plain files: to read a pipe or a device may never end. */
function checkFile(stats: { isFile(): boolean; size: number }): void {
  if (!stats.isFile()) throw new Error('it is no plain file')
  checkSize(stats.size)
}

function checkSize(size: number): void {
  if (size > maxSourceSize) {
    throw new Error(`it holds ${formatBytes(size)}, more than the limit of ${formatBytes(maxSourceSize)}`)
  }
}

function unreadable(source: Source, error: unknown): UserError {
  const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
  const reason = absent ? 'there is no such file' : messageOf(error)
  return new UserError('image', `Cannot read ${quoted(nameOfSource(source))}: ${reason}`, { cause: error })
}
