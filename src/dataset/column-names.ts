/** Columns of a table by their names. */
import { closest } from '../util/closest.ts'
import { listed, quoted } from '../util/words.ts'
import type { Table } from './table.ts'
import { unusable } from './unusable.ts'

/** The column that a user named. @throws UserError `data` when there is none, with the nearest name */
export function named(table: Table, name: string, option: string): number {
  const exact = table.columns.indexOf(name)
  const column = exact >= 0 ? exact : table.columns.findIndex(other => plain(other) === plain(name))
  if (column >= 0) return column
  const near = closest(name, table.columns)
  throw unusable(
    table.name,
    `there is no column ${quoted(name)}; its columns are ${listed(table.columns, 8)}`,
    near === undefined ? `name one of them with ${option}` : `did you mean ${option} ${near}`,
  )
}

/** The columns with usual names, the most usual first. */
export function preferred(table: Table, names: string, among: readonly number[]): number[] {
  return names.split(' ').flatMap(name => among.filter(column => plain(table.columns[column]!) === name))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

/** Of all columns. */
export function indices(table: Table): number[] {
  return table.columns.map((_, index) => index)
}

/** What a column holds, each once, blanks aside. */
export function valuesOf(table: Table, column: number): string[] {
  return [...new Set(table.rows.map(row => row[column]!))].filter(value => value.trim() !== '')
}
