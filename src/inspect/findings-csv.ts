/** `findings.csv`: what was found as a table that a person can edit and `train --exclude` reads. */
import { readFileSync } from 'node:fs'
import { parseManifest } from '../dataset/manifest.ts'
import type { Dataset } from '../dataset/types.ts'
import { csvLine } from '../util/csv.ts'
import { UserError } from '../util/errors.ts'
import { listed, quoted } from '../util/words.ts'
import type { Finding } from './types.ts'

const columns = ['id', 'finding', 'severity', 'label', 'suggestion', 'score', 'related', 'action'] as const

/** The table's text: a header, then a line for each finding (RFC 4180). */
export function findingsCsv(findings: readonly Finding[]): string {
  const lines = findings.map(finding => columns.map(column => cellOf(finding[column])))
  return [[...columns], ...lines].map(csvLine).join('')
}

function cellOf(value: string | number | null): string {
  if (value === null) return ''
  return typeof value === 'number' ? value.toFixed(4) : value
}

/**
 * The ids that a table says to leave out: those of rows whose `action` is `exclude`; all, where it has no such column.
 *
 * @throws UserError `data` when the file is no table, or has no column `id`
 */
export function excludedIds(path: string): Set<string> {
  const { columns: names, rows } = parseManifest(path, bytesOf(path))
  const [id, action] = ['id', 'action'].map(name => names.indexOf(name))
  if (id === -1)
    throw new UserError(
      'data',
      `Cannot exclude what ${quoted(path)} names: it has no column "id" but ${listed(names, 10)}`,
      {
        hint: 'give the findings.csv that graft inspect wrote, or a table with a column "id"',
      },
    )
  const excluded = rows.filter(row => action === -1 || row[action!]!.trim().toLowerCase() === 'exclude')
  return new Set(excluded.map(row => row[id!]!).filter(name => name !== ''))
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new UserError('data', `Cannot read ${quoted(path)}: there is no such file`, {
      hint: 'graft inspect DATA writes it',
      cause,
    })
  }
}

/** The dataset without some examples, and how many these were. */
export function withoutExamples(
  dataset: Dataset,
  ids: ReadonlySet<string>,
): { readonly dataset: Dataset; readonly excluded: number } {
  const examples = dataset.examples.filter(example => !ids.has(example.id))
  return { dataset: { ...dataset, examples }, excluded: dataset.examples.length - examples.length }
}
