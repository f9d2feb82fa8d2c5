/** The hashes of files that earlier runs read, kept in the cache so that unchanged files are not read again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileRecords } from '../dataset/fingerprint.ts'
import { writeFileAtomic } from '../util/files.ts'

export interface StoredFileRecords {
  readonly entries: FileRecords
  /** Writes the records when there are new ones. */
  save(): void
}

/** Opens the records of a cache; records that cannot be read count as none. */
export function openFileRecords(cache: string): StoredFileRecords {
  const path = join(cache, 'files.json')
  const entries: FileRecords = new Map(readRecords(path))
  const before = entries.size
  return {
    entries,
    save: () => {
      if (entries.size !== before) writeFileAtomic(path, JSON.stringify([...entries]))
    },
  }
}

function readRecords(path: string): [string, never][] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return Array.isArray(parsed) ? (parsed as [string, never][]).filter(isRecord) : []
  } catch {
    return []
  }
}

function isRecord(entry: unknown): boolean {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false
  const { size, modified, changed, key } = (entry[1] ?? {}) as Record<string, unknown>
  return [size, modified, changed].every(value => typeof value === 'number') && typeof key === 'string'
}
