/** Tables with a column of zeros and ones for each class, as medical data sets have them, or of False and True, as pandas. */
import type { Table } from './table.ts'

/** What the column is called that says a row's class in one word. */
const gatheredName = 'label'

/**
 * Adds a column that names, of all columns of zeros and ones or of falses and trues, the one that holds the row's 1.
 *
 * @returns undefined where there are not two such columns, or a row has no 1, or several
 */
export function withGatheredLabels(table: Table): Table | undefined {
  const { name, columns, rows } = table
  const classes = [...columns.keys()].filter(column => rows.every(row => bitOf(row[column]!) !== undefined))
  if (classes.length < 2) return undefined
  const ones = rows.map(row => classes.filter(column => bitOf(row[column]!) === 1))
  if (ones.some(({ length }) => length !== 1)) return undefined
  const gathered = rows.map((row, at) => [...row, columns[ones[at]![0]!]!])
  return {
    name,
    columns: [...columns, gatheredName],
    rows: gathered,
    gathered: classes.map(column => columns[column]!),
  }
}

/** What is wrong with columns of zeros and ones whose rows do not have one 1 each; undefined of other columns. */
export function faultOfOnes({ rows }: Table, columns: readonly number[]): string | undefined {
  const bits = rows.map(row => columns.map(column => bitOf(row[column]!)))
  if (bits.some(row => row.includes(undefined))) return undefined
  const at = bits.findIndex(row => row.filter(bit => bit === 1).length !== 1)
  if (at < 0) return undefined
  return `row ${at + 1} has ${bits[at]!.includes(1) ? 'several ones' : 'no 1'}`
}

const words: ReadonlyMap<string, number> = new Map([
  ['false', 0],
  ['true', 1],
])

function bitOf(cell: string): number | undefined {
  const text = cell.trim().toLowerCase()
  const value = words.get(text) ?? (text === '' ? Number.NaN : Number(text))
  return value === 0 || value === 1 ? value : undefined
}
