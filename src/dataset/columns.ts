/** Which columns of a manifest hold the ids, the labels and the split: as told, else guessed where one choice stands out. */
import { formatCount } from '../util/format.ts'
import { listed, quoted } from '../util/words.ts'
import { indices, named, preferred, valuesOf } from './column-names.ts'
import { faultOfOnes } from './one-hot.ts'
import { chooseSplit, splitNotes } from './split-column.ts'
import type { Table } from './table.ts'
import { unusable } from './unusable.ts'

export interface ColumnOptions {
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  readonly splitColumn?: string | undefined
}

/** Indices into a table's columns. */
export interface Columns {
  readonly id: number
  readonly label: number
  readonly split: number | undefined
  /** What was guessed. */
  readonly notes: readonly string[]
}

/** Usual names in lower case with nothing but letters: `Image_ID` is `imageid`. The earlier name wins. */
const idNames =
  'filename file filepath filepaths path imagepath imagefile imagefilename imagename image imageid imgid img id name uuid'
const labelNames =
  'label labels class classname classlabel category categoryname target species breed diagnosis groundtruth'
/** What spreadsheets and pandas put before a table: row numbers. */
const indexColumn = /^$|^index$|^unnamed(: ?\d+)?$/i

/**
 * @param share the part of a column's values, 0..1, that name an image of the dataset
 * @throws UserError `data` when a named column is absent, or no choice or several would do
 */
export function chooseColumns(
  table: Table,
  options: ColumnOptions,
  share: (column: number) => number,
): Columns {
  const split = chooseSplit(table, options)
  const id = chooseId(table, options, share)
  const label = chooseLabel(table, options, [id, split])
  const guessed = options.idColumn === undefined || options.labelColumn === undefined
  const labels =
    table.gathered === undefined
      ? `column ${quoted(table.columns[label]!)}`
      : `the ones in ${listed(table.gathered, 8)}`
  const where = `Took the ids from column ${quoted(table.columns[id]!)} and the labels from ${labels} of ${quoted(table.name)}`
  const notes = guessed ? [where] : []
  notes.push(...splitNotes(table, split, options))
  return { id, label, split, notes }
}

function chooseId(table: Table, options: ColumnOptions, share: (column: number) => number): number {
  if (options.idColumn !== undefined) return named(table, options.idColumn, '--id-column')
  const found = indices(table).filter(column => share(column) >= 0.5)
  if (found.length === 1) return found[0]!
  const usual = preferred(table, idNames, found.length > 0 ? found : indices(table))
  if (usual.length > 0) return usual[0]!
  const problem = found.length > 1 ? 'several of its columns name' : 'none of its columns seems to name'
  throw unusable(
    table.name,
    `${problem} the images: ${listed(table.columns, 8)}`,
    'choose one with --id-column',
  )
}

function chooseLabel(table: Table, options: ColumnOptions, taken: readonly (number | undefined)[]): number {
  if (options.labelColumn !== undefined) return named(table, options.labelColumn, '--label-column')
  const free = indices(table).filter(
    column => !taken.includes(column) && !indexColumn.test(table.columns[column]!),
  )
  const usual = preferred(table, labelNames, free)
  const choices = usual.length > 0 ? usual : free
  const [choice] = choices
  if (choice === undefined) {
    throw unusable(table.name, `it has no column of labels: its columns are ${listed(table.columns, 8)}`)
  }
  if (choices.length > 1) {
    const names = choices.map(column => table.columns[column]!)
    const fault = faultOfOnes(table, choices)
    if (fault !== undefined) {
      const problem = `${fault} in the columns ${listed(names, 8)}; wanted one in each row`
      throw unusable(table.name, problem, 'mend the row, or choose one column with --label-column')
    }
    throw unusable(
      table.name,
      `several columns may be the label: ${listed(names, 8)}`,
      'choose one with --label-column',
    )
  }
  checkPlausible(table, choice, usual.length > 0)
  return choice
}

/** A column of captions or measurements is no column of labels, though it may be the only one left. */
function checkPlausible(table: Table, column: number, isUsual: boolean): void {
  const values = valuesOf(table, column)
  const distinct = values.length
  if (distinct <= Math.max(10, table.rows.length / 2)) return
  if (isUsual && !areMeasured(values)) return
  const problem = `column ${quoted(table.columns[column]!)} has ${formatCount(distinct)} different values in ${formatCount(table.rows.length)} rows: they do not look like labels`
  throw unusable(table.name, problem, 'if they are, name the column with --label-column')
}

/** Numbers, mostly with fractions; whole ones, written as `1.0` or not, may well be classes. */
function areMeasured(values: readonly string[]): boolean {
  const fractions = values.filter(value => Number(value) % 1 !== 0 && Number.isFinite(Number(value)))
  return fractions.length > values.length / 2
}

/** Whether a column is called as labels usually are. */
export function hasUsualLabel(table: Table): boolean {
  return preferred(table, labelNames, indices(table)).length > 0
}
