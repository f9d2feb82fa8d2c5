/** What is known of files from earlier runs, kept in one JSON file. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../util/files.ts'
import { type FileRecords, fingerprintSources } from './fingerprint.ts'
import type { Source } from './types.ts'

const recordSchema = z.tuple([z.string(), z.number(), z.number(), z.number(), z.string()])
const fileSchema = z.object({ version: z.literal(1), files: z.array(recordSchema) })

/** The records of an earlier run; none when there are none, or the file is of another version or damaged. */
export function loadFileRecords(path: string): FileRecords {
  try {
    const { files } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    return new Map(
      files.map(([name, size, modified, changed, key]) => [name, { size, modified, changed, key }]),
    )
  } catch {
    return new Map()
  }
}

/** @throws UserError `storage` when the file cannot be written */
export function saveFileRecords(path: string, records: FileRecords): void {
  const files = [...records].map(([name, { size, modified, changed, key }]) => [
    name,
    size,
    modified,
    changed,
    key,
  ])
  writeFileAtomic(path, JSON.stringify({ version: 1, files }))
}

/** Content keys of sources, as `fingerprintSources` gives them, with the records that a cache folder keeps. */
export async function fingerprintFiles(
  sources: readonly Source[],
  cache: string,
): Promise<(string | null)[]> {
  const path = join(cache, 'files.json')
  const records = loadFileRecords(path)
  const keys = await fingerprintSources(sources, records)
  if (records.size > 0) saveFileRecords(path, records)
  return keys
}
