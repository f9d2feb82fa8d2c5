/** A manifest's text as a table: CSV and its kin with commas, semicolons, tabs or bars, or JSON. */
import { CsvError, parse } from 'csv-parse/sync'
import { messageOf } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import { parseJson, parseJsonLines } from './json-table.ts'
import { extensionOf } from './kinds.ts'
import type { Table } from './table.ts'
import { decodeText } from './text.ts'
import { unusable } from './unusable.ts'

/**
 * Reads a manifest. CSV as RFC 4180 has it, with any line ends; the delimiter is the likeliest of the first line.
 *
 * @param name the file's name: `.json` says JSON, `.jsonl` and `.ndjson` JSON lines; any other name leaves it to the first
 *   character
 * @throws UserError `data` when it is no text, is empty, or a row does not fit
 */
export function parseManifest(name: string, bytes: Uint8Array): Table {
  const text = decodeText(bytes)
  if (text === undefined) throw unusable(name, 'it is no text', 'give a CSV, TSV, JSON or JSONL file')
  const table = tableOf(name, text)
  if (table.rows.length === 0) throw unusable(name, 'it has no rows')
  return table
}

function tableOf(name: string, text: string): Table {
  const extension = extensionOf(name)
  if (extension === 'json') return parseJson(name, text)
  const isLines = /^(jsonl|ndjson)$/.test(extension) || text.trimStart().startsWith('{')
  return isLines ? parseJsonLines(name, text) : parseDelimited(name, text)
}

function parseDelimited(name: string, text: string): Table {
  const { records, lines } = recordsOf(name, text)
  const [columns = [], ...rows] = records
  rows.forEach((row, at) => {
    fitRow(name, row, columns, lines[at + 1]!)
  })
  return { name, columns: columns.map(column => column.trim()), rows }
}

/** Makes a row as long as the header: empty fields are added or taken away, others never. */
function fitRow(
  name: string,
  row: string[],
  { length, 0: first = '' }: readonly string[],
  line: number,
): void {
  while (row.length > length && row.at(-1)?.trim() === '') row.pop()
  while (row.length < length) row.push('')
  if (row.length > length) {
    const problem = `line ${line}, the row of ${quoted(row[0]!.slice(0, 40))}, has ${row.length} fields, the header has ${length}`
    const isRemark = length === 1 && first.trimStart().startsWith('#')
    const hint = isRemark
      ? `the first line has to name the columns: remove ${quoted(first.slice(0, 40))}`
      : 'put fields that hold the delimiter in double quotes'
    throw unusable(name, problem, hint)
  }
}

/** What Excel takes and writes as a first line: `sep=;`. */
const separatorLine = /^sep=([,;\t|])(\r\n|\n|\r)/i

/** The records, and the line on which each ends, counted from 1. */
function recordsOf(name: string, text: string): { records: string[][]; lines: number[] } {
  const [line = '', separator] = separatorLine.exec(text) ?? []
  const rest = text.slice(line.length)
  const lines: number[] = []
  let countedTwice = 0
  try {
    const records: string[][] = parse(rest, {
      delimiter: separator ?? delimiterOf(name, rest),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (record: string[], info) => {
        for (const field of record) countedTwice += field.split('\r\n').length - 1
        lines.push(info.lines - countedTwice + (line === '' ? 0 : 1))
        return record
      },
    })
    return { records, lines }
  } catch (error) {
    const problem = error instanceof CsvError ? messageOf(error) : 'the file cannot be parsed as CSV'
    throw unusable(name, problem, 'check the quotes near that line', error)
  }
}

function delimiterOf(name: string, text: string): string {
  const end = text.search(/[\r\n]/)
  const header = text.slice(0, end < 0 ? undefined : end).replace(/"[^"]*"/g, '')
  const candidates = extensionOf(name) === 'tsv' ? ['\t', ',', ';', '|'] : [',', ';', '\t', '|']
  const counts = candidates.map(candidate => header.split(candidate).length)
  return candidates[counts.indexOf(Math.max(...counts))]!
}
