/** What every kind of manifest comes down to: rows of text below named columns. */

export interface Table {
  /** How the manifest is named in messages. */
  readonly name: string
  readonly columns: readonly string[]
  /** One cell for each column: text as written, empty where there is none. */
  readonly rows: readonly (readonly string[])[]
  /** The columns of zeros and ones from which the last column was gathered; absent where it was not. */
  readonly gathered?: readonly string[]
}

/** The same table when its first row is data: columns are then called `column 1`, `column 2`. */
export function withoutHeader(table: Table): Table {
  const columns = table.columns.map((_, index) => `column ${index + 1}`)
  return { ...table, columns, rows: [table.columns, ...table.rows] }
}
