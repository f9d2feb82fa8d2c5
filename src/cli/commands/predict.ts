/** `graft predict`: a table, a submission, or JSON lines. */
import { type Classifier, load } from '../../bundle/classifier.ts'
import { topPredictions } from '../../bundle/ranking.ts'
import { readImages } from '../../dataset/dataset.ts'
import type { Example } from '../../dataset/types.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import { formatPercent } from '../../util/format.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { csvLine } from '../csv.ts'
import { openProgress } from '../terminal/progress.ts'
import { printable } from '../terminal/text.ts'

export const run: CommandRun = async ([model, ...paths], options, context) => {
  const { json = false, quiet = false, threads = 1 } = options
  const { stdout, stderr: stream, environment, clock, signal } = context
  const classifier = await load(model!, { threads: threads as number })
  try {
    const { examples } = await readImages(paths)
    const isQuiet = Boolean(quiet || json) || examples.length < 100
    const progress = openProgress({ stream, environment, clock, isQuiet })
    const task = progress.start('images', { total: examples.length, unit: 'images' })
    const write = writerFor(classifier, options, context)
    let read = 0
    const sources = examples.map(({ source }) => source)
    for await (const { index, probabilities, error } of classifier.predict(sources, { signal })) {
      if (error !== null) stream.write(`${printable(error.message)}\n`)
      else stdout.write(write(examples[index]!, probabilities))
      if (error === null) read++
      task.update(index + 1)
    }
    progress.close()
    if (read === 0)
      throw new UserError('data', `None of the ${examples.length} files could be read as an image`)
    return exitStatus.done
  } finally {
    await classifier.close()
  }
}

type Writer = (example: Example, probabilities: Float32Array) => string

function writerFor({ classNames }: Classifier, options: GivenOptions, { stdout }: CommandContext): Writer {
  const { json, csv, top = 1 } = options
  const best = (row: Float32Array): ReturnType<typeof topPredictions> =>
    topPredictions(row, classNames, top as number)
  if (json) {
    return ({ id }, row) => {
      const [first] = topPredictions(row, classNames, 1)
      const probabilities = Object.fromEntries(classNames.map((name, k) => [name, row[k]!]))
      return `${JSON.stringify({ file: id, ...first!, probabilities })}\n`
    }
  }
  if (csv) return submission(classNames, options, text => void stdout.write(text))
  return ({ id }, row) => {
    const answers = best(row).map(({ label, score }) => `${printable(label)} ${formatPercent(score)}`)
    return `${printable(id)}\t${answers.join('\t')}\n`
  }
}

/** Rows of a Kaggle submission; the header is written at once. */
function submission(
  classNames: readonly string[],
  options: GivenOptions,
  write: (text: string) => void,
): Writer {
  const { idColumn = 'id', labelColumn = 'label', probabilities = false } = options
  const columns = !probabilities ? [labelColumn] : classNames.length === 2 ? [labelColumn] : classNames
  write(csvLine([idColumn as string, ...(columns as string[])]))
  return ({ id }, row) => {
    const name = id.slice(id.lastIndexOf('/') + 1)
    if (!probabilities) return csvLine([name, topPredictions(row, classNames, 1)[0]!.label])
    const values = classNames.length === 2 ? [row[1]!] : [...row]
    return csvLine([name, ...values.map(String)])
  }
}
