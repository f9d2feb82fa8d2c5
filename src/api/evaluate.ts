/** A run's classifier on labelled examples that it may not have seen. */
import { z } from 'zod'
import { load } from '../bundle/classifier.ts'
import { readDataset } from '../dataset/dataset.ts'
import type { Example } from '../dataset/types.ts'
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluation.ts'
import { UserError } from '../util/errors.ts'
import { callback, checked, labelOptions, signal, threadCount } from '../util/options.ts'
import { splitExamples } from './run-split.ts'

/** What a classifier said of the examples that could be read. */
export interface ExamplePredictions {
  readonly examples: readonly Example[]
  /** [N, K] */
  readonly probabilities: Float32Array
  /** [N] */
  readonly labels: Int32Array
  readonly unreadable: readonly { readonly id: string; readonly reason: string }[]
}

export interface EvaluateOptions {
  readonly labels?: string | undefined
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Which examples: of a split that the data names, else of one that the run drew from it; default all. */
  readonly split?: 'train' | 'validation' | 'test' | 'all' | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const shape = {
  ...labelOptions,
  threads: threadCount(),
  signal: signal(),
  split: z.enum(['train', 'validation', 'test', 'all']),
  onProgress: callback(),
}

/**
 * Evaluates a run, or a bundle's file, on a dataset whose classes are the run's.
 *
 * @param data the run's own, or other data; of its own, `split` finds again what the run held out
 * @throws UserError `usage` for an option that cannot be used, `data` when the dataset has classes that the run does not know
 */
export async function evaluateRun(
  run: string,
  data: string,
  options: EvaluateOptions = {},
): Promise<{ readonly evaluation: Evaluation; readonly predictions: ExamplePredictions }> {
  checked(shape, options)
  const { labels, idColumn, labelColumn, split = 'all' } = options
  const dataset = await readDataset(data, { labels, idColumn, labelColumn })
  const examples = splitExamples(run, dataset.examples, split)
  const labelled = examples.filter(example => example.label !== null)
  if (labelled.length === 0) {
    throw new UserError(
      'data',
      `There is no labelled example in "${data}"${split === 'all' ? '' : ` of split "${split}"`}`,
      {
        hint: 'give a folder with a folder per class, or --labels FILE.csv',
      },
    )
  }
  const predictions = await predictExamples(run, labelled, { ...options, classNames: dataset.classNames })
  if (predictions.labels.length === 0) throw nothingReadable(data, predictions)
  const evaluation = evaluatePredictions(predictions)
  return { evaluation, predictions }
}

function nothingReadable(data: string, { unreadable }: ExamplePredictions): UserError {
  const [first] = unreadable
  return new UserError('data', `No image in "${data}" can be read. The first: ${first!.reason}`, {
    hint: 'open one of the files: they may be empty, cut short, or no images',
  })
}

interface PredictExamplesOptions extends Pick<EvaluateOptions, 'threads' | 'signal' | 'onProgress'> {
  /** The names behind the examples' labels, where they are not the bundle's own. */
  readonly classNames?: readonly string[]
}

/** The classifier's probabilities for labelled examples, in their order, unreadable ones left out. */
export async function predictExamples(
  model: string,
  examples: readonly Example[],
  { threads = 1, signal, onProgress, classNames }: PredictExamplesOptions = {},
): Promise<ExamplePredictions> {
  const classifier = await load(model, { threads })
  try {
    const labelOf = labelMap(classifier.classNames, classNames, examples, model)
    const rows: Float32Array[] = []
    const found: Example[] = []
    const unreadable: { id: string; reason: string }[] = []
    const sources = examples.map(({ source }) => source)
    for await (const { index, probabilities, error } of classifier.predict(
      sources,
      signal ? { signal } : {},
    )) {
      const example = examples[index]!
      if (probabilities === null) unreadable.push({ id: example.id, reason: error.message })
      else {
        rows.push(probabilities)
        found.push(example)
      }
      onProgress?.(index + 1, examples.length)
    }
    const all = new Float32Array(rows.length * classifier.classNames.length)
    rows.forEach((row, at) => void all.set(row, at * row.length))
    return {
      examples: found,
      probabilities: all,
      labels: Int32Array.from(found, example => labelOf(example.label!)),
      unreadable,
    }
  } finally {
    await classifier.close()
  }
}

/** From the dataset's label to the bundle's. A class without examples may be unknown: nobody asks for it. */
function labelMap(
  known: readonly string[],
  given: readonly string[] | undefined,
  examples: readonly Example[],
  model: string,
): (label: number) => number {
  if (given === undefined) return label => label
  const labels = new Set(examples.map(({ label }) => label))
  const unknown = given.filter((name, label) => labels.has(label) && !known.includes(name))
  if (unknown.length > 0) {
    throw new UserError('data', `The classifier in "${model}" does not know the class "${unknown[0]}"`, {
      hint: `its classes are ${known
        .slice(0, 10)
        .map(name => `"${name}"`)
        .join(', ')}`,
    })
  }
  const places = given.map(name => known.indexOf(name))
  return label => places[label]!
}
