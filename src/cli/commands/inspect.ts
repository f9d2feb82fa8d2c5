/** `graft inspect`: what a dataset holds, as training would see it. */
import { requireTrainable, splitNotes } from '../../dataset/check.ts'
import { readDataset } from '../../dataset/dataset.ts'
import { extensionOf } from '../../dataset/kinds.ts'
import { splitDataset } from '../../dataset/split.ts'
import { type DatasetSummary, summarizeDataset } from '../../dataset/summary.ts'
import type { Dataset, Split } from '../../dataset/types.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import { formatCount } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import type { CommandContext, CommandRun } from '../command.ts'
import { styleFor } from '../terminal/stream.ts'
import { type Column, table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

const defaultWidth = 100
/** As `train` has it without --skip-bad. */
const toleratedMissing = 0.01

export const run: CommandRun = async ([data], options, context) => {
  const { json, validation = 0.1, seed = 1, ...labels } = options
  const dataset = await readDataset(data!, labels)
  const split = splitDataset(dataset, { validation: validation as number, seed: seed as number })
  const summary = summarizeDataset(dataset, split)
  const problem = problemOf(dataset, split)
  const notes = [...dataset.notes, ...(problem === null ? splitNotes(dataset, split) : [])]
  const extensions = extensionCounts(dataset)
  const { missing } = dataset
  const text = json
    ? JSON.stringify({ ...summary, extensions, notes, missing, problem })
    : lines({ ...summary, extensions, notes, problem }, context).join('\n')
  context.stdout.write(`${text}\n`)
  return problem === null ? exitStatus.done : exitStatus.data
}

interface Problem {
  readonly message: string
  readonly hint: string | null
}

function problemOf(dataset: Dataset, split: Split): Problem | null {
  try {
    requireTrainable(dataset, split, toleratedMissing)
    return null
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { message: error.message, hint: error.hint ?? null }
  }
}

/** Images by the extension of their names, the commonest first. */
function extensionCounts({ examples }: Dataset): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { source } of examples) {
    const extension = extensionOf(source.type === 'file' ? source.path : source.entry) || 'none'
    counts.set(extension, (counts.get(extension) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}

interface Inspection extends DatasetSummary {
  readonly extensions: Readonly<Record<string, number>>
  readonly notes: readonly string[]
  readonly problem: Problem | null
}

const formats: Readonly<Record<Dataset['format'], string>> = {
  'class-folders': 'a folder for each class',
  'split-folders': 'folders for splits, with a folder for each class',
  manifest: 'labels from a table',
  unlabelled: 'no labels',
}

function lines(
  { root, format, classes, total, extensions, unlabelled, missing, notes, problem }: Inspection,
  { stdout, environment }: CommandContext,
): string[] {
  const style = styleFor(stdout, environment)
  const names = Object.entries(extensions).map(([name, count]) => `${formatCount(count)} ${name}`)
  const remarks = [
    ...(unlabelled > 0 ? [`${counted(unlabelled, 'image')} without a label`] : []),
    ...(missing > 0 ? [`${counted(missing, 'row')} of the labels without an image`] : []),
    ...notes,
  ]
  return [
    style('bold', printable(`${root}: ${formats[format]}`)),
    `by extension: ${printable(names.join(', '))}`,
    ...(classes.length > 0
      ? ['', ...countTable({ classes, total }, stdout.columns ?? defaultWidth, style)]
      : []),
    ...(remarks.length > 0 ? [''] : []),
    ...remarks.map(remark => `note: ${printable(remark)}`),
    ...(problem === null ? [] : ['', `${style('red', 'problem:')} ${printable(problem.message)}`]),
    ...(problem?.hint ? [`hint: ${printable(problem.hint)}`] : []),
  ]
}

function countTable(
  { classes, total }: Pick<DatasetSummary, 'classes' | 'total'>,
  width: number,
  style: ReturnType<typeof styleFor>,
): string[] {
  const titles = ['train', 'validation', 'test', 'all']
  const columns: Column[] = [
    { title: 'class', cut: 'end' },
    ...titles.map(title => ({ title, align: 'right' as const })),
  ]
  const row = (name: string, { train, validation, test, total: all }: typeof total): string[] => [
    name,
    ...[train, validation, test, all].map(formatCount),
  ]
  return table(columns, [...classes.map(counts => row(counts.name, counts)), row('all', total)], width, style)
}
