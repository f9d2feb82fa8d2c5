/** Tables in JSON: a list of objects, an object from ids to labels, or one object a line. */
import { messageOf } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import type { Table } from './table.ts'
import { unusable } from './unusable.ts'

/**
 * Reads `[{ "file": "a.jpg", "label": "ant" }, ...]` or `{ "a.jpg": "ant", ... }`.
 *
 * @throws UserError `data` for anything else
 */
export function parseJson(name: string, text: string): Table {
  const value = parsed(name, text)
  if (Array.isArray(value) && value.every(isObject)) return tableOf(name, value)
  const pairs = isObject(value) ? Object.entries(value) : []
  if (pairs.length > 0 && pairs.every(([, label]) => !isNested(label)))
    return { name, columns: ['id', 'label'], rows: pairs.map(([id, label]) => [id, cellOf(label)]) }
  throw unusable(
    name,
    'it is neither a list of objects nor an object from file names to labels',
    'write [{ "file": "a.jpg", "label": "ant" }, ...] or { "a.jpg": "ant", ... }',
  )
}

/** Reads one object a line. @throws UserError `data` for a line that holds anything else */
export function parseJsonLines(name: string, text: string): Table {
  return tableOf(name, jsonObjects(name, text))
}

/** The columns are all keys, in the order in which they first appear. */
function tableOf(name: string, objects: readonly object[]): Table {
  const columns = new Map<string, number>()
  const sparse = objects.map(object => {
    const row: string[] = []
    for (const [key, value] of Object.entries(object)) {
      if (!columns.has(key)) columns.set(key, columns.size)
      row[columns.get(key)!] = cellOf(value)
    }
    return row
  })
  const rows = sparse.map(row => Array.from({ length: columns.size }, (_, index) => row[index] ?? ''))
  return { name, columns: [...columns.keys()], rows }
}

function jsonObjects(name: string, text: string): object[] {
  const objects: object[] = []
  text.split(/\r\n|\n|\r/).forEach((line, index) => {
    if (line.trim() === '') return
    const value = parsedLine(name, line, index + 1)
    if (!isObject(value)) {
      throw unusable(name, `line ${index + 1} is no JSON object: ${quoted(line.slice(0, 40))}`)
    }
    objects.push(value)
  })
  return objects
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusable(name, `it is no JSON: ${messageOf(error)}`, undefined, error)
  }
}

function parsedLine(name: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw unusable(
      name,
      `line ${number} is no JSON: ${messageOf(error)}`,
      'write one JSON object a line',
      error,
    )
  }
}

function isObject(value: unknown): value is object {
  return isNested(value) && !Array.isArray(value)
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Text stays itself; null is empty; a list or object is its JSON, one too deep to be written an empty list. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return '[]'
  }
}
