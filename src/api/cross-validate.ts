/**
 * Cross-validation of a run: the same plan trained once for each fold, on all but the fold, and measured on the fold.
 *
 * Each fold is a run of its own in `folds/N`, planted as a record and then resumed, so that what was stopped goes on.
 * The fold is its test split: neither steps, nor the choice of the best epoch, nor calibration sees it.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { datasetFingerprint } from '../dataset/fingerprint.ts'
import { foldsOf } from '../dataset/folds.ts'
import { splitDataset } from '../dataset/split.ts'
import type { Dataset, Example } from '../dataset/types.ts'
import { type CrossValidation, crossValidation } from '../evaluate/cross-validation.ts'
import type { Predictions } from '../evaluate/types.ts'
import { crossValidationFileName, writeCrossValidation } from '../report/cross-validation-file.ts'
import { evaluationFileName } from '../report/evaluation-file.ts'
import { readPredictions, type SavedPrediction, writePredictions } from '../report/predictions.ts'
import { fileNames, type RunRecord, writeRunRecord } from '../train/run-folder.ts'
import { makeFolder } from '../util/files.ts'
import type { Prepared } from './types.ts'

/** In a run folder: the folds' runs and their out-of-fold predictions. */
const foldsFolder = 'folds'

const foldRun = (run: string, fold: number): string => join(run, foldsFolder, String(fold + 1))

/**
 * Plants the folds of a run that begins, in place of those that a run before it may have left.
 *
 * @param count how many; undefined for none
 * @throws UserError `usage` when a class has too few examples for so many
 */
export function plantFolds(prepared: Prepared, count: number | undefined): void {
  const { run } = prepared.request
  for (const left of [foldsFolder, crossValidationFileName])
    rmSync(join(run, left), { recursive: true, force: true })
  if (count === undefined) return
  const { groups = [], record, split } = prepared
  const data = foldData(prepared)
  const { seed } = record.plan
  const folds = foldsOf(data.dataset.examples, { count, seed, groups })
  const share = split.validation.length / data.dataset.examples.length
  for (const [fold, test] of folds.entries()) {
    const held = new Set(test)
    const rest = data.dataset.examples.filter(example => !held.has(example))
    const unnamed = rest.map(example => ({ ...example, split: null }))
    const drawn = splitDataset({ ...data.dataset, examples: unnamed }, { validation: share, seed, groups })
    const folder = foldRun(run, fold)
    makeFolder(folder)
    writeRunRecord(folder, foldRecord(record, data.fingerprint, { ...drawn, test }))
  }
}

function foldRecord(
  record: RunRecord,
  fingerprint: string,
  { train, validation, test }: Readonly<Record<'train' | 'validation' | 'test', readonly Example[]>>,
): RunRecord {
  const idsOf = (examples: readonly Example[]): string[] => examples.map(({ id }) => id)
  const examples = { train: train.length, validation: validation.length, test: test.length }
  const held = { validation: idsOf(validation), test: idsOf(test) }
  return { ...record, data: { ...record.data, fingerprint, examples, ...held } }
}

/** The labelled examples that are in no test split: what folds are cut from. */
export function foldData({ dataset, keys, split }: Pick<Prepared, 'dataset' | 'keys' | 'split'>): {
  readonly dataset: Dataset
  readonly fingerprint: string
} {
  const tested = new Set(split.test.map(({ id }) => id))
  const isKept = dataset.examples.map(({ id, label }) => label !== null && !tested.has(id))
  const kept: Dataset = { ...dataset, examples: dataset.examples.filter((_, at) => isKept[at]) }
  return {
    dataset: kept,
    fingerprint: datasetFingerprint(
      kept,
      keys.filter((_, at) => isKept[at]),
    ),
  }
}

/** A planted fold; whether its training is over. */
export interface PlantedFold {
  readonly run: string
  readonly isDone: boolean
}

/** The folds that were planted in a run, in order; none where it has none. */
export function plantedFolds(run: string): PlantedFold[] {
  const folds: PlantedFold[] = []
  for (let fold = 0; existsSync(join(foldRun(run, fold), fileNames.run)); fold++) {
    const folder = foldRun(run, fold)
    folds.push({ run: folder, isDone: existsSync(join(folder, evaluationFileName)) })
  }
  return folds
}

/** The figures over all folds of a run, written with the predictions they are of, to `folds/`. */
export function pooledFolds(run: string, classNames: readonly string[]): CrossValidation {
  const folds = plantedFolds(run).map(fold =>
    readPredictions(fold.run, classNames).filter(({ split }) => split === 'test'),
  )
  const pooled = crossValidation(folds.map(fold => predictionsOf(fold, classNames)))
  writePredictions(join(run, foldsFolder), folds.flat())
  writeCrossValidation(run, pooled)
  return pooled
}

function predictionsOf(saved: readonly SavedPrediction[], classNames: readonly string[]): Predictions {
  return {
    probabilities: saved.flatMap(({ probabilities }) => probabilities),
    labels: saved.map(({ label }) => classNames.indexOf(label)),
  }
}
