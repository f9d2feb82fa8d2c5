/** Answers as a Kaggle submission: a header, then a row for each id. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { topPredictions } from '../../bundle/ranking.ts'
import { parseManifest } from '../../dataset/manifest.ts'
import type { Table } from '../../dataset/table.ts'
import type { Example } from '../../dataset/types.ts'
import { csvLine } from '../../util/csv.ts'
import { UserError } from '../../util/errors.ts'
import { storageError } from '../../util/files.ts'
import { counted, quoted } from '../../util/words.ts'
import type { AnswerWriter } from './answers.ts'

/** What each row holds after its id: the best label, the probability of the second of two classes, or all of them. */
export type Content = 'label' | 'second' | 'all'

export interface SubmissionForm {
  /** The header: the id's column first. */
  readonly columns: readonly string[]
  readonly content: Content
  /** The classes of the columns, where each has one: indices. */
  readonly order: readonly number[]
  /** Rows to keep for ids that get no answer, by id; in the order of the submission. */
  readonly rows: ReadonlyMap<string, readonly string[]>
}

export interface FormOptions {
  readonly probabilities: boolean
  readonly idColumn: string
  readonly labelColumn: string
}

/** The usual form: `id` and `label`, or with probabilities a column for each of more classes than two. */
export function plainForm(
  classNames: readonly string[],
  { probabilities, idColumn, labelColumn }: FormOptions,
): SubmissionForm {
  const order = classNames.map((_, k) => k)
  const isWide = probabilities && classNames.length > 2
  return {
    columns: [idColumn, ...(isWide ? classNames : [labelColumn])],
    content: isWide ? 'all' : probabilities ? 'second' : 'label',
    order,
    rows: new Map(),
  }
}

/** A sample submission's table. @throws UserError when it cannot be read */
export function readSample(path: string): Table {
  try {
    return parseManifest(basename(path), readFileSync(path))
  } catch (error) {
    if (error instanceof UserError) throw error
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw storageError('read', path, error)
    throw new UserError('data', `Cannot read ${quoted(path)}: there is no such file`, {
      hint: 'give the sample submission that came with the data',
    })
  }
}

/**
 * The form of a sample submission: its header, ids and order. Two columns whose values are class names want labels, others
 * the probability of the second class; more columns want the probability of the class that each is named after.
 *
 * @throws UserError `data` when its columns are not those of the classes
 */
export function sampleForm(classNames: readonly string[], { name, columns, rows }: Table): SubmissionForm {
  const kept = new Map(rows.map(row => [row[0]!, row]))
  const isNamed = rows.every(row => classNames.includes(row[1]!))
  const order = columns.slice(1).map(column => classNames.indexOf(column))
  if (columns.length === 2 && (isNamed || classNames.length === 2))
    return { columns, content: isNamed ? 'label' : 'second', order: [], rows: kept }
  if (columns.length > 2 && !order.includes(-1)) return { columns, content: 'all', order, rows: kept }
  const found = columns.slice(1).map(quoted).join(', ')
  throw new UserError(
    'data',
    `Cannot fill ${quoted(name)}: its columns ${found} are not the ${counted(classNames.length, 'class', 'classes')} of the run`,
    { hint: 'leave --sample out, and name the columns with --id-column and --label-column' },
  )
}

/**
 * Collects rows in the form, and gives the text at the end.
 *
 * @param examples all that will be added: without a sample, ids are file names, or paths where names repeat
 */
export function submissionAnswers(
  classNames: readonly string[],
  form: SubmissionForm,
  examples: readonly Example[],
  write: (text: string) => void,
): AnswerWriter {
  const { columns, content, order, rows } = form
  const idOf = rows.size > 0 ? ({ id }: Example) => id : shortIds(examples)
  const answered = new Map<string, readonly string[]>(rows)
  const valuesOf = (probabilities: Float32Array): string[] => {
    if (content === 'label') return [topPredictions(probabilities, classNames, 1)[0]!.label]
    return content === 'second' ? [String(probabilities[1])] : order.map(k => String(probabilities[k]))
  }
  return {
    add({ example, probabilities }) {
      const id = idOf(example)
      if (probabilities !== null) answered.set(id, [id, ...valuesOf(probabilities)])
    },
    addMissing: () => {},
    end() {
      write([columns, ...answered.values()].map(csvLine).join(''))
    },
  }
}

function shortIds(examples: readonly Example[]): (example: Example) => string {
  const short = ({ id }: Example): string => id.slice(id.lastIndexOf('/') + 1)
  const isUnique = new Set(examples.map(short)).size === examples.length
  return isUnique ? short : ({ id }) => id
}
