/** `graft inspect`: what a dataset holds, as training would see it. */
import { splitNotes } from '../../dataset/check.ts'
import { readDataset } from '../../dataset/dataset.ts'
import { splitDataset } from '../../dataset/split.ts'
import { summarizeDataset } from '../../dataset/summary.ts'
import { exitStatus } from '../../util/errors.ts'
import { formatCount } from '../../util/format.ts'
import { counted } from '../../util/words.ts'
import type { CommandRun } from '../command.ts'
import { styleFor } from '../terminal/stream.ts'
import { table } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

export const run: CommandRun = async ([data], options, { stdout, environment }) => {
  const { json = false, validation = 0.1, seed = 1, ...labels } = options
  const dataset = await readDataset(data!, labels)
  const split = splitDataset(dataset, { validation: validation as number, seed: seed as number })
  const summary = summarizeDataset(dataset, split)
  const notes = [...dataset.notes, ...(dataset.classNames.length > 0 ? splitNotes(dataset, split) : [])]
  if (json) {
    stdout.write(`${JSON.stringify({ ...summary, notes, missing: dataset.missing })}\n`)
    return exitStatus.done
  }
  const style = styleFor(stdout, environment)
  const { classes, total, unlabelled, missing } = summary
  const columns = [
    { title: 'class', cut: 'end' as const },
    ...['train', 'validation', 'test', 'all'].map(title => ({ title, align: 'right' as const })),
  ]
  const row = (name: string, counts: typeof total): string[] => [
    name,
    ...[counts.train, counts.validation, counts.test, counts.total].map(formatCount),
  ]
  const rows = [...classes.map(({ name, ...counts }) => row(name, counts)), row('all', total)]
  const left = [
    ...(unlabelled > 0 ? [`${counted(unlabelled, 'image')} without a label`] : []),
    ...(missing > 0 ? [`${counted(missing, 'row')} of the labels without an image`] : []),
  ]
  const lines = classes.length > 0 ? table(columns, rows, stdout.columns ?? 100, style) : []
  const text = [...lines, ...left, ...notes.map(note => `${printable(note)}.`)]
  stdout.write(`${text.join('\n')}\n`)
  return exitStatus.done
}
