/** Which column of a manifest says the split of its rows. */
import { UserError } from '../util/errors.ts'
import { counted, quoted } from '../util/words.ts'
import { indices, named, preferred, valuesOf } from './column-names.ts'
import type { ColumnOptions } from './columns.ts'
import { splitNameOf } from './split-name.ts'
import type { Table } from './table.ts'

/** As `columns.ts` writes them. */
const splitNames = 'split subset partition set dataset fold usage'

/** @throws UserError `data` when the column that is meant holds something else than splits */
export function chooseSplit(table: Table, options: ColumnOptions): number | undefined {
  if (options.splitColumn !== undefined) {
    const column = named(table, options.splitColumn, '--split-column')
    const wrong = oddIn(table, column)
    if (wrong === undefined) return column
    throw oddSplit(table, column, wrong)
  }
  const taken = [options.idColumn, options.labelColumn]
  const usual = preferred(table, splitNames, indices(table)).filter(
    column => !taken.includes(table.columns[column]!),
  )
  for (const column of usual) {
    const values = valuesOf(table, column)
    if (values.length > 0 && values.every(value => splitNameOf(value) !== undefined)) return column
  }
  for (const column of usual)
    if (isMisspelt(table, column)) throw oddSplit(table, column, oddIn(table, column)!)
  return undefined
}

/** Most rows name a split, "train" among them, and besides this column and the ids there is one for the labels. */
function isMisspelt(table: Table, column: number): boolean {
  const splits = table.rows
    .map(row => row[column]!.trim())
    .filter(value => value !== '')
    .map(splitNameOf)
  const known = splits.filter(split => split !== undefined)
  return table.columns.length > 2 && known.includes('train') && known.length >= (2 / 3) * splits.length
}

function oddIn(table: Table, column: number): string | undefined {
  return valuesOf(table, column).find(value => splitNameOf(value) === undefined)
}

/** A word among splits that names none: never to be put aside, since images for testing would be trained on. */
export class MisspeltSplit extends UserError {}

function oddSplit(table: Table, column: number, value: string): UserError {
  const problem = `column ${quoted(table.columns[column]!)} holds ${quoted(value)}; wanted train, validation or test`
  return new MisspeltSplit('data', `Cannot read ${quoted(table.name)}: ${problem}`, {
    hint: 'mend the value, or rename the column if it is about something else',
  })
}

/** What was guessed. */
export function splitNotes(table: Table, split: number | undefined, options: ColumnOptions): string[] {
  if (split === undefined) return []
  const [name, of] = [quoted(table.columns[split]!), quoted(table.name)]
  const open = table.rows.filter(row => row[split]!.trim() === '').length
  return [
    ...(options.splitColumn === undefined ? [`Took the split from column ${name} of ${of}`] : []),
    ...(open > 0 ? [`${counted(open, 'row')} of ${of} with no ${name}: trained on`] : []),
  ]
}
