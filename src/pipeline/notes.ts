/** Short texts by key, one JSON line each, kept beside a row store. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { storageError } from '../util/files.ts'

export interface Notes {
  get(key: string): string | undefined
  /** @throws UserError `storage` when it cannot be written */
  set(key: string, text: string): void
}

/**
 * Opens a file of notes. Lines that are torn or damaged are passed over.
 *
 * @param kept whether what the file holds still counts; otherwise it is emptied
 */
export function openNotes(path: string, kept: boolean): Notes {
  if (!kept) writeFileSync(path, '')
  const notes = new Map(linesOf(path).flatMap(parse))
  return {
    get: key => notes.get(key),
    set(key, text) {
      notes.set(key, text)
      try {
        appendFileSync(path, `\n${JSON.stringify([key, text])}`) // the break comes first: a torn line spoils only itself
      } catch (error) {
        throw storageError('write', path, error)
      }
    },
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}

function parse(line: string): [string, string][] {
  try {
    const [key, text] = JSON.parse(line)
    return typeof key === 'string' && typeof text === 'string' ? [[key, text]] : []
  } catch {
    return []
  }
}
