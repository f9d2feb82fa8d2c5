/** Which column of a manifest says the split of its rows. */
import type { UserError } from '../util/errors.ts'
import { counted, quoted } from '../util/words.ts'
import { indices, named, preferred, valuesOf } from './column-names.ts'
import type { ColumnOptions } from './columns.ts'
import { splitNameOf } from './split-name.ts'
import type { Table } from './table.ts'
import { unusable } from './unusable.ts'

/** As `columns.ts` writes them. */
const splitNames = 'split subset partition set dataset fold usage'

/** @throws UserError `data` when the column that is meant holds something else than splits */
export function chooseSplit(table: Table, options: ColumnOptions): number | undefined {
  if (options.splitColumn !== undefined) {
    const column = named(table, options.splitColumn, '--split-column')
    const wrong = valuesOf(table, column).find(value => splitNameOf(value) === undefined)
    if (wrong === undefined) return column
    throw oddSplit(table, column, wrong)
  }
  for (const column of preferred(table, splitNames, indices(table))) {
    const values = valuesOf(table, column)
    const odd = values.find(value => splitNameOf(value) === undefined)
    if (values.length > 0 && odd === undefined) return column
    if (values.some(value => splitNameOf(value) === 'train')) throw oddSplit(table, column, odd!)
  }
  return undefined
}

/** A column that was left aside for one slip of the pen would put images for testing among those for training. */
function oddSplit(table: Table, column: number, value: string): UserError {
  const problem = `column ${quoted(table.columns[column]!)} holds ${quoted(value)}; wanted train, validation or test`
  return unusable(table.name, problem, 'mend the value, or rename the column if it is about something else')
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
