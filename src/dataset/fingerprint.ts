/** What the data is, in a few bytes: a key for each image's content, and one hash for the whole dataset. */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { compareCodeUnits } from './order.ts'
import { readSource } from './source.ts'
import type { Dataset, Source } from './types.ts'

/** What a file was when its content was hashed. Times are milliseconds since 1970. */
export interface FileRecord {
  readonly size: number
  readonly modified: number
  /** The time of the last change of its metadata, which a renamed or restored file does not keep. */
  readonly changed: number
  readonly key: string
}

/** By absolute path. Kept from run to run, it saves reading files that have not changed, as git's index does. */
export type FileRecords = Map<string, FileRecord>

/** Files that are hashed at once. */
const width = 16
/** A file that changed this shortly before it was read may change again within the clock's grain: in milliseconds. */
const racy = 2000

/**
 * A key for the content of each source, in the same order: equal keys, equal bytes. Null where it cannot be read.
 *
 * Of a zip entry the archive tells its checksum and sizes, so nothing is read; a file is read once and then
 * recognised by its size and times.
 *
 * @param records what is known from earlier runs; what is learned is added
 * @param now the clock, in milliseconds since 1970
 */
export async function fingerprintSources(
  sources: readonly Source[],
  records: FileRecords,
  now: () => number = Date.now,
): Promise<(string | null)[]> {
  const keys: (string | null)[] = new Array(sources.length).fill(null)
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < sources.length; i = next++) {
      const source = sources[i]!
      keys[i] = source.type === 'zip' ? zipKey(source) : await fileKey(source, records, now).catch(() => null)
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return keys
}

/**
 * One SHA-256, in hexadecimal, over class names, ids, labels, splits and content: equal for equal data, wherever it
 * lies and in whatever order it was listed.
 *
 * @param keys of `dataset.examples`, in their order, as `fingerprintSources` gives them
 */
export function datasetFingerprint(dataset: Dataset, keys: readonly (string | null)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(dataset.classNames))
  const lines = dataset.examples.map(({ id, label, split }, i) => ({
    id,
    line: JSON.stringify([id, label, split, keys[i]]),
  }))
  for (const { line } of lines.sort((a, b) => compareCodeUnits(a.id, b.id))) hash.update(`\n${line}`)
  return hash.digest('hex')
}

/** 32 bits of checksum and two sizes: enough to tell the images of one dataset apart. */
function zipKey({ crc32, size, compressedSize }: Source & { type: 'zip' }): string {
  return `zip:${crc32.toString(16).padStart(8, '0')}-${size}-${compressedSize}`
}

async function fileKey(
  source: Source & { type: 'file' },
  records: FileRecords,
  now: () => number,
): Promise<string> {
  const path = resolve(source.path)
  const { size, mtimeMs: modified, ctimeMs: changed } = await stat(path)
  const known = records.get(path)
  if (known?.size === size && known.modified === modified && known.changed === changed) return known.key
  const started = now()
  const key = `sha256:${createHash('sha256')
    .update(await readSource(source))
    .digest('hex')}`
  if (Math.max(modified, changed) < started - racy) records.set(path, { size, modified, changed, key })
  else records.delete(path)
  return key
}
