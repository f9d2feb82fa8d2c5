/** Tables with a column of zeros and ones for each class, as medical data sets have them. */
import type { Table } from './table.ts'

/** What the column is called that says a row's class in one word. */
const gatheredName = 'label'

/**
 * Adds a column that names, of all columns of zeros and ones, the one that holds the row's 1.
 *
 * @returns undefined where there are not two such columns, or a row has no 1, or several
 */
export function withGatheredLabels(table: Table): Table | undefined {
  const { name, columns, rows } = table
  const classes = [...columns.keys()].filter(column => rows.every(row => isBit(row[column]!)))
  if (classes.length < 2) return undefined
  const ones = rows.map(row => classes.filter(column => Number(row[column]) === 1))
  if (ones.some(({ length }) => length !== 1)) return undefined
  const gathered = rows.map((row, at) => [...row, columns[ones[at]![0]!]!])
  return {
    name,
    columns: [...columns, gatheredName],
    rows: gathered,
    gathered: classes.map(column => columns[column]!),
  }
}

function isBit(cell: string): boolean {
  return cell.trim() !== '' && (Number(cell) === 0 || Number(cell) === 1)
}
