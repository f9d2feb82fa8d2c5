/** Inspection from code: what is wrong with a dataset, found before it is trained on. */
import { availableParallelism } from 'node:os'
import { splitNotes } from '../dataset/check.ts'
import { readDataset } from '../dataset/dataset.ts'
import { splitDataset } from '../dataset/split.ts'
import { type DatasetSummary, summarizeDataset } from '../dataset/summary.ts'
import type { Dataset, Split } from '../dataset/types.ts'
import { shownExamples } from '../inspect/shown.ts'
import { type Survey, surveyDataset } from '../inspect/survey.ts'
import type { SurveyStage } from '../inspect/types.ts'
import { embeddedBackbone } from '../model/embedded/backbone.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { readyCache } from '../pipeline/cache-root.ts'
import { checkOptions } from '../train/options.ts'
import { planFor } from '../train/recipes.ts'
import type { Plan } from '../train/types.ts'
import { abortedOr } from '../util/errors.ts'
import { callback, labelOptions, signal, text } from '../util/options.ts'
import { sizeFor } from './image-size.ts'
import { type Problem, splitProblem, unreadableProblem } from './inspect-problem.ts'
import { trainOptionsBeside } from './request.ts'
import { chooseWeights, isEmbeddedMeant } from './weights.ts'

export interface InspectOptions {
  /** A CSV, TSV, JSON or JSONL file that says the labels, `folders` or `names`; and its columns. */
  readonly labels?: string | undefined
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  /** Share held out in the summary, 0 up to but not including 1, where the data names no split; default 0.1. */
  readonly validation?: number | undefined
  readonly seed?: number | undefined
  /** As `train` has them: which network looks at the pictures, and how large they are to it. */
  readonly weights?: string | undefined
  readonly alpha?: number | undefined
  readonly size?: number | undefined
  readonly threads?: number | undefined
  /** Where decoded pixels and features are kept; default: the user's cache. */
  readonly cache?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((stage: SurveyStage, done: number, total: number) => void) | undefined
}

/** What a dataset holds, as training would see it. */
export interface Overview {
  readonly dataset: Dataset
  readonly summary: DatasetSummary
  /** What was guessed or left out, one sentence each. */
  readonly notes: readonly string[]
  /** Why it could not be trained on; null where it could. */
  readonly problem: Problem | null
}

export interface Inspection extends Overview, Survey {
  /** What looked at the pictures, such as `MobileNetV2, alpha 0.35`. */
  readonly backbone: string
}

const shape = {
  ...labelOptions,
  cache: text(),
  signal: signal(),
  onProgress: callback(),
}

const mostThreads = 8

/**
 * Reads a dataset as training would, and opens no image.
 *
 * @throws UserError `usage` for an option that cannot be used, `data` when it holds no image or its labels cannot be told
 */
export async function overviewOf(data: string, options: InspectOptions = {}): Promise<Overview> {
  trainOptionsBeside(shape, options)
  const { labels, idColumn, labelColumn } = options
  const dataset = await readDataset(data, { labels, idColumn, labelColumn })
  const split = splitOf(dataset, options)
  const problem = splitProblem(dataset, split)
  return {
    dataset,
    summary: summarizeDataset(dataset, split),
    notes: [...dataset.notes, ...(problem === null ? splitNotes(dataset, split) : [])],
    problem,
  }
}

function splitOf(dataset: Dataset, { validation = 0.1, seed = 1 }: InspectOptions): Split {
  return splitDataset(dataset, { validation, seed })
}

/**
 * Looks at every picture: files that cannot be read, copies, leakage between splits, labels that look wrong, outliers,
 * poor pictures, class names that look like one, uneven classes.
 *
 * @throws UserError for any option, dataset or weights that cannot be used; code `aborted` when `signal` stopped it
 */
export async function inspect(data: string, options: InspectOptions = {}): Promise<Inspection> {
  const { cache: givenCache, signal = new AbortController().signal, onProgress = () => {} } = options
  const overview = await overviewOf(data, options)
  const { dataset } = overview
  const cache = readyCache(givenCache, process.env)
  const workers = Math.min(availableParallelism(), mostThreads)
  try {
    const { plan, backbone } = await planOf(dataset, options, signal)
    const survey = await surveyDataset(dataset, { plan, cache, workers, signal, onProgress }, shownExamples)
    return {
      ...overview,
      ...survey,
      backbone,
      problem: overview.problem ?? unreadableProblem(dataset, splitOf(dataset, options), survey.findings),
    }
  } catch (error) {
    throw abortedOr(error, signal, 'Inspection')
  }
}

/** The plan that `auto` would train by: its network and its pixels are those of the inspection. */
async function planOf(
  { classNames, examples }: Dataset,
  { weights, alpha, size: givenSize, seed = 1, threads }: InspectOptions,
  signal: AbortSignal,
): Promise<{ plan: Plan; backbone: string }> {
  const options = checkOptions({ weights, alpha, size: givenSize, seed, threads })
  const usual = isEmbeddedMeant(options) ? embeddedBackbone().size : undefined
  const size = options.size ?? usual ?? (await sizeFor(examples, seed))
  const chosen = await chooseWeights(options, size, { signal })
  const plan = planFor(options, {
    classes: Math.max(2, classNames.length),
    trainExamples: examples.length,
    weights: chosen.path,
    alpha: chosen.alpha,
    size,
    threads: options.threads ?? Math.min(availableParallelism(), mostThreads),
    layers: mobilenetV2({ alpha: chosen.alpha, size }).layers,
  })
  return { plan, backbone: `${chosen.backbone.name} (${chosen.backbone.source})` }
}
