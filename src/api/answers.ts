/** What a run's classifier answers to the examples that the run held out: as it kept them, or asked again. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readDataset } from '../dataset/dataset.ts'
import type { Example, Source } from '../dataset/types.ts'
import type { Predictions } from '../evaluate/types.ts'
import {
  predictionsFileName,
  readPredictions,
  type SavedPrediction,
  writePredictions,
} from '../report/predictions.ts'
import { fileNames, type RunRecord } from '../train/run-folder.ts'
import { messageOf, UserError } from '../util/errors.ts'
import type { HeldOut } from './calibrated.ts'
import { type ExamplePredictions, predictExamples } from './evaluate.ts'

/** Answers as the run folder keeps them. */
function savedFrom(
  split: SavedPrediction['split'],
  { examples, probabilities }: ExamplePredictions,
  classNames: readonly string[],
): SavedPrediction[] {
  const classes = classNames.length
  return examples.map(({ id, label, source }, row) => ({
    split,
    id,
    label: classNames[label!]!,
    probabilities: Array.from(probabilities.subarray(row * classes, (row + 1) * classes)),
    source: absolute(source),
  }))
}

/** The answers to both splits as the run folder keeps them. */
export function savedAnswers(
  answers: HeldOut<ExamplePredictions | null>,
  classNames: readonly string[],
): SavedPrediction[] {
  return (['validation', 'test'] as const).flatMap(split =>
    answers[split] === null ? [] : savedFrom(split, answers[split], classNames),
  )
}

/** A report is often made in another folder than the training was. */
function absolute(source: Source): Source {
  return source.type === 'file'
    ? { ...source, path: resolve(source.path) }
    : { ...source, archive: resolve(source.archive) }
}

/** The same as arrays of numbers; null without any. */
export function predictionsOf(
  saved: readonly SavedPrediction[],
  classNames: readonly string[],
): Predictions | null {
  if (saved.length === 0) return null
  return {
    probabilities: Float32Array.from(saved.flatMap(({ probabilities }) => probabilities)),
    labels: Int32Array.from(saved, ({ label }) => classNames.indexOf(label)),
  }
}

/** Answers, or why there are none, as a sentence. */
export interface KnownAnswers {
  readonly saved: readonly SavedPrediction[]
  readonly reason: string | null
}

/**
 * What the run kept; for one that kept nothing its classifier is asked again, where the images are at hand, and the
 * answers are kept.
 *
 * @throws UserError `run` when what it kept is damaged, `model` when its classifier is
 */
export async function answersOf(run: string, record: RunRecord): Promise<KnownAnswers> {
  const { data } = record
  if (existsSync(join(run, predictionsFileName)))
    return { saved: readPredictions(run, data.classNames), reason: null }
  const examples = await examplesOf(record)
  if (typeof examples === 'string') return { saved: [], reason: examples }
  const saved: SavedPrediction[] = []
  for (const split of ['validation', 'test'] as const) {
    const ids = new Set(data[split])
    const some = examples.filter(({ id, label }) => ids.has(id) && label !== null)
    if (some.length > 0)
      saved.push(...savedFrom(split, await predictExamples(join(run, fileNames.best), some), data.classNames))
  }
  if (saved.length > 0) writePredictions(run, saved)
  return { saved, reason: saved.length > 0 ? null : `none of the images it held out is in "${data.root}"` }
}

/** The run's data as it is now, or why it cannot be had. */
async function examplesOf({ data }: RunRecord): Promise<readonly Example[] | string> {
  try {
    const { classNames, examples } = await readDataset(data.root)
    return classNames.join('\n') === data.classNames.join('\n')
      ? examples
      : `"${data.root}" has other classes now`
  } catch (error) {
    if (error instanceof UserError) return messageOf(error)
    throw error
  }
}
