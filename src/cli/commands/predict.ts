/** `graft predict`: a table, JSON lines, or a submission. */
import { type Classifier, load } from '../../bundle/classifier.ts'
import type { Outcome } from '../../bundle/predict.ts'
import { readDataset, readImages } from '../../dataset/dataset.ts'
import type { Dataset } from '../../dataset/types.ts'
import { exitStatus, UserError } from '../../util/errors.ts'
import { writeNamedFile } from '../../util/files.ts'
import { counted, quoted } from '../../util/words.ts'
import type { CommandContext, CommandRun, GivenOptions } from '../command.ts'
import { type AnswerWriter, jsonAnswers, type Rejection, tableAnswers } from '../predict/answers.ts'
import { columnsOf } from '../predict/columns.ts'
import { givenPaths } from '../predict/paths.ts'
import { plainForm, readSample, sampleForm, submissionAnswers } from '../predict/submission.ts'
import { openProgress } from '../terminal/progress.ts'
import { styleFor } from '../terminal/stream.ts'
import { printable } from '../terminal/text.ts'

/** The outcome of an image that was read. */
type Judged = Extract<Outcome, { error: null }>

/** Fewer images are done before a bar could be read. */
const fewest = 100

export const run: CommandRun = async ([model, ...words], options, context) => {
  const { json, csv, sample, threads = 1 } = options
  if (json && (csv !== undefined || sample !== undefined))
    throw new UserError('usage', 'The options "--json" and "--csv" exclude each other')
  const paths = await givenPaths(words, () => context.stdin)
  const classifier = await load(model!, { threads: threads as number })
  try {
    const images = sample === undefined ? await readImages(paths) : await sampled(paths, String(sample))
    const writer = writerFor(model!, classifier, images, options, context)
    await answerAll(classifier, images, writer, options, context)
    return exitStatus.done
  } finally {
    await classifier.close()
  }
}

/** The images that a sample submission names, under its ids. */
async function sampled(paths: readonly string[], sample: string): Promise<Dataset> {
  const [path, ...others] = paths
  if (others.length > 0) {
    throw new UserError(
      'usage',
      `The option "--sample" goes with one folder or zip of images. Received: ${paths.length} paths`,
    )
  }
  const [idColumn, labelColumn] = readSample(sample).columns
  return readDataset(path!, { labels: sample, idColumn, labelColumn })
}

function writerFor(
  model: string,
  { classNames }: Classifier,
  { examples }: Dataset,
  options: GivenOptions,
  { stdout, stderr, environment }: CommandContext,
): AnswerWriter {
  const { json, csv, sample, top = 1, probabilities } = options
  if (probabilities && [json, csv, sample].every(form => form === undefined))
    throw new UserError('usage', 'The table has no room for all probabilities', {
      hint: 'add --csv FILE to --probabilities, or take --json, which has them',
    })
  const print = (text: string): void => void stdout.write(text)
  if (json) return jsonAnswers(classNames, print)
  if (csv === undefined && sample === undefined) {
    // A pipe is no narrower than what it is given.
    const width = stdout.columns ?? Number.POSITIVE_INFINITY
    return tableAnswers(
      classNames,
      { top: top as number, width, style: styleFor(stdout, environment) },
      print,
    )
  }
  const usual = columnsOf(model)
  const { idColumn = usual.id, labelColumn = usual.label } = options
  const form =
    sample === undefined
      ? plainForm(classNames, {
          probabilities: probabilities === true,
          idColumn: String(idColumn),
          labelColumn: String(labelColumn),
        })
      : sampleForm(classNames, readSample(String(sample)))
  const save = (text: string): void => {
    writeNamedFile(String(csv), text)
    stderr.write(`Wrote ${printable(String(csv))}\n`)
  }
  return submissionAnswers(classNames, form, examples, csv === undefined || csv === '' ? print : save)
}

/** Classifies all images, names those that cannot be read, and writes the rest. */
async function answerAll(
  classifier: Classifier,
  { examples, missing }: Dataset,
  writer: AnswerWriter,
  { json, quiet, csv, sample, reject }: GivenOptions,
  { stdout, stderr: stream, environment, clock, signal }: CommandContext,
): Promise<void> {
  const isMixed = json === true && stdout.isTTY === true
  const isQuiet = quiet === true || isMixed || examples.length < fewest
  const progress = openProgress({ stream, environment, clock, isQuiet })
  const warn = (text: string): void => {
    const line = `warning: ${printable(text)}`
    if (isQuiet) stream.write(`${line}\n`)
    else progress.print(line)
  }
  for (const one of missing) {
    warn(`${quoted(one.id)}: ${one.reason}`)
    writer.addMissing(one)
  }
  const task = progress.start('images', { total: examples.length, unit: 'images' })
  let failures = missing.length
  const sources = examples.map(({ source }) => source)
  let unknown = 0
  for await (const outcome of classifier.predict(sources, { signal })) {
    const example = examples[outcome.index]!
    if (outcome.error === null) {
      const { probabilities, error } = outcome
      const rejection = reject === false ? undefined : rejectionOf(outcome)
      if (rejection?.unknown) unknown++
      writer.add({ example, probabilities, rejection, error })
    } else {
      writer.add({ example, probabilities: null, error: outcome.error })
      failures++
      warn(outcome.error.message)
    }
    task.update(outcome.index + 1)
  }
  task.end()
  progress.close()
  const all = examples.length + missing.length
  if (failures === all) throw nothingRead(all)
  if (failures > 0) stream.write(`${failures} of ${counted(all, 'image')} could not be read\n`)
  writer.end()
  if (unknown > 0 && !json && !quiet) {
    const isSubmission = csv !== undefined || sample !== undefined
    stream.write(`${unknownRemark(unknown, all, isSubmission)}\n`)
  }
}

function rejectionOf({ unknown, unfamiliarity }: Judged): Rejection | undefined {
  return unfamiliarity === null ? undefined : { unknown, unfamiliarity }
}

function unknownRemark(count: number, all: number, isSubmission: boolean): string {
  const are = `${count} of ${counted(all, 'image')} ${count === 1 ? 'is' : 'are'} like none that the run was trained on`
  return isSubmission
    ? `${are}; the submission names a class for each all the same`
    : `${are}; --no-reject names a class all the same`
}

function nothingRead(count: number): UserError {
  const which = count === 1 ? 'The file' : `None of the ${counted(count, 'file')}`
  return new UserError('data', `${which} could ${count === 1 ? 'not ' : ''}be read as an image`, {
    hint: 'JPEG, PNG, WebP, GIF, AVIF and TIFF are read',
  })
}
