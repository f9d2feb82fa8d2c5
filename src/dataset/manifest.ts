/** A manifest's text as a table: CSV and its kin with commas, semicolons, tabs or bars, or one JSON object a line. */
import { CsvError, parse } from 'csv-parse/sync'
import { messageOf } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import { extensionOf } from './kinds.ts'
import { decodeText } from './text.ts'
import { unusable } from './unusable.ts'

export interface Table {
  /** How the manifest is named in messages. */
  readonly name: string
  readonly columns: readonly string[]
  /** One cell for each column: text as written, empty where there is none. */
  readonly rows: readonly (readonly string[])[]
  /** The columns of zeros and ones from which the last column was gathered; absent where it was not. */
  readonly gathered?: readonly string[]
}

/**
 * Reads a manifest. CSV as RFC 4180 has it, with any line ends; the delimiter is the likeliest of the first line.
 *
 * @param name the file's name: `.jsonl` and `.ndjson` say JSON lines, any other name leaves it to the first character
 * @throws UserError `data` when it is no text, is empty, or a row does not fit
 */
export function parseManifest(name: string, bytes: Uint8Array): Table {
  const text = decodeText(bytes)
  if (text === undefined) throw unusable(name, 'it is no text', 'give a CSV, TSV or JSONL file')
  const json = /^(jsonl|ndjson)$/.test(extensionOf(name)) || text.trimStart().startsWith('{')
  const table = json ? parseJsonLines(name, text) : parseDelimited(name, text)
  if (table.rows.length === 0) throw unusable(name, 'it has no rows')
  return table
}

/** The same table when its first row is data: columns are then called `column 1`, `column 2`. */
export function withoutHeader(table: Table): Table {
  const columns = table.columns.map((_, index) => `column ${index + 1}`)
  return { ...table, columns, rows: [table.columns, ...table.rows] }
}

function parseDelimited(name: string, text: string): Table {
  const [columns = [], ...rows] = recordsOf(name, text)
  for (const row of rows) fitRow(name, row, columns.length)
  return { name, columns: columns.map(column => column.trim()), rows }
}

/** Makes a row as long as the header: empty fields are added or taken away, others never. */
function fitRow(name: string, row: string[], length: number): void {
  while (row.length > length && row.at(-1)?.trim() === '') row.pop()
  while (row.length < length) row.push('')
  if (row.length > length) {
    const problem = `the row of ${quoted(row[0]!.slice(0, 40))} has ${row.length} fields, the header has ${length}`
    throw unusable(name, problem, 'put fields that hold the delimiter in double quotes')
  }
}

/** What Excel takes and writes as a first line: `sep=;`. */
const separatorLine = /^sep=([,;\t|])(\r\n|\n|\r)/i

function recordsOf(name: string, text: string): string[][] {
  const [line = '', separator] = separatorLine.exec(text) ?? []
  const rest = text.slice(line.length)
  try {
    return parse(rest, {
      delimiter: separator ?? delimiterOf(name, rest),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    const lines = error instanceof CsvError ? messageOf(error) : 'the file cannot be parsed as CSV'
    throw unusable(name, lines, 'check the quotes near that line', error)
  }
}

function delimiterOf(name: string, text: string): string {
  const end = text.search(/[\r\n]/)
  const header = text.slice(0, end < 0 ? undefined : end).replace(/"[^"]*"/g, '')
  const candidates = extensionOf(name) === 'tsv' ? ['\t', ',', ';', '|'] : [',', ';', '\t', '|']
  const counts = candidates.map(candidate => header.split(candidate).length)
  return candidates[counts.indexOf(Math.max(...counts))]!
}

function parseJsonLines(name: string, text: string): Table {
  const columns = new Map<string, number>()
  const sparse = jsonObjects(name, text).map(object => {
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
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unusable(name, `line ${index + 1} is no JSON object: ${quoted(line.slice(0, 40))}`)
    }
    objects.push(value)
  })
  return objects
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

/** Text stays itself; null is empty; a list or object is its JSON. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
