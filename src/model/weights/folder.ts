/** A model made of several files, in a folder or in a zip archive. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readSource } from '../../dataset/source.ts'
import { readZipDirectory } from '../../dataset/zip.ts'
import { maxFileBytes } from './limits.ts'
import { damagedHint, weightsError } from './trouble.ts'

/** The files of a model by name. */
export interface ModelFolder {
  /** The folder or the archive, as the user gave it. */
  readonly path: string
  readonly names: readonly string[]
  /** @throws UserError `weights` when there is no such file, or it is too large or unreadable */
  read(name: string): Promise<Uint8Array>
}

/**
 * The files directly inside a folder on the disk.
 *
 * @throws UserError `weights` when the folder cannot be listed
 */
export function diskFolder(path: string): ModelFolder {
  return { path, names: namesIn(path), read: async name => readFile(join(path, ownName(path, name))) }
}

function namesIn(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries
      .filter(entry => !entry.isDirectory())
      .map(entry => entry.name)
      .sort()
  } catch (error) {
    throw weightsError(path, 'the folder cannot be listed', 'check its permissions', error)
  }
}

/**
 * The files of a zip archive beside the first one of the given name, whichever folder of the archive holds it;
 * null when none does.
 *
 * @throws UserError `weights` when the archive is damaged
 */
export async function zipFolder(path: string, marker: readonly string[]): Promise<ModelFolder | null> {
  const { files } = await readZipDirectory(path).catch(error => {
    throw weightsError(path, 'it is no readable zip archive', damagedHint, error)
  })
  const found = files.find(file => marker.includes(basename(file.path)))
  if (found === undefined) return null
  const root = found.path.slice(0, -basename(found.path).length)
  const sources = new Map(
    files.filter(file => file.path.startsWith(root)).map(file => [file.path.slice(root.length), file.source]),
  )
  const read = async (name: string): Promise<Uint8Array> => {
    const source = sources.get(ownName(path, name))
    if (source === undefined) throw weightsError(path, `the archive holds no "${name}"`, damagedHint)
    const bytes = await readSource(source).catch(error => {
      throw weightsError(path, `"${name}" in it cannot be read`, damagedHint, error)
    })
    return plain(bytes)
  }
  return { path, names: [...sources.keys()], read }
}

/**
 * The bytes of a file, as a plain Uint8Array.
 *
 * @throws UserError `weights` when it is absent, no file, or larger than 1 GiB
 */
export function readFile(path: string): Uint8Array {
  if (!existsSync(path)) throw weightsError(path, 'there is no such file')
  const status = statSync(path)
  if (!status.isFile()) throw weightsError(path, 'it is no file')
  if (status.size > maxFileBytes) {
    throw weightsError(path, `it has ${status.size} bytes, at most ${maxFileBytes} are read`)
  }
  try {
    return plain(readFileSync(path))
  } catch (error) {
    throw weightsError(path, 'the file cannot be opened', 'check its permissions', error)
  }
}

/** A Buffer's `slice` shares memory where a Uint8Array's copies, so readers get no Buffers. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/**
 * The name, when it is a plain one: a model may not point outside of its own folder.
 *
 * @throws UserError `weights` otherwise
 */
export function ownName(path: string, name: string): string {
  if (name === '' || /[\\/:\0]/.test(name) || name === '.' || name === '..') {
    throw weightsError(path, `it asks for the file "${name}", which is outside of the model's folder`)
  }
  return name
}
