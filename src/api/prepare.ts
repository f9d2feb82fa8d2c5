/** From a path and a user's wishes to a complete request for the trainer, everything checked before the first epoch. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { readDataset } from '../dataset/dataset.ts'
import { datasetFingerprint, fingerprintSources } from '../dataset/fingerprint.ts'
import { splitDataset } from '../dataset/split.ts'
import type { Dataset, Split } from '../dataset/types.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import { cacheRoot } from '../pipeline/cache-root.ts'
import { checkpointPath } from '../train/checkpoint.ts'
import { openFileRecords } from '../train/file-records.ts'
import { checkOptions, type TrainOptions } from '../train/options.ts'
import type { WorkerRequest } from '../train/protocol.ts'
import { planFor } from '../train/recipes.ts'
import { fileNames, type RunRecord } from '../train/run-folder.ts'
import { UserError } from '../util/errors.ts'
import { version } from '../util/version.ts'
import { checkTrainable } from './check.ts'
import { sizeFor } from './image-size.ts'
import { chooseWeights } from './weights.ts'

/** What `train` may be told: how to train, where the labels are, where to put the run. */
export interface TrainRequest extends TrainOptions {
  /** The run folder; default `runs/<name of the data>`, numbered when that is taken. */
  readonly run?: string | undefined
  /** Go on with the run folder's checkpoint. */
  readonly resume?: boolean | undefined
  /** Where decoded pixels and features are kept; default: the user's cache. */
  readonly cache?: string | undefined
  /** A CSV, TSV or JSONL file that says the labels, and its columns. */
  readonly labels?: string | undefined
  readonly idColumn?: string | undefined
  readonly labelColumn?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Everything that a training needs. */
export interface Prepared {
  readonly request: WorkerRequest
  readonly record: RunRecord
  readonly dataset: Dataset
  readonly split: Split
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[]
  readonly resumed: boolean
}

/** The largest share of files that may be unreadable unless the user says otherwise. */
const tolerated = 0.01

/** @throws UserError for any option, dataset, weights or folder that cannot be used */
export async function prepare(data: string | Dataset, request: TrainRequest): Promise<Prepared> {
  const {
    run: givenRun,
    resume = false,
    cache: givenCache,
    labels,
    idColumn,
    labelColumn,
    signal,
    ...rest
  } = request
  const options = checkOptions(rest)
  const dataset = typeof data === 'string' ? await readDataset(data, { labels, idColumn, labelColumn }) : data
  const seed = options.seed ?? 1
  const method = options.recipe === 'tutorial' ? 'random' : 'stratified'
  const split = splitDataset(dataset, { validation: options.validation ?? 0.1, seed, method })
  checkTrainable(dataset, split, options.skipBad ? 1 : tolerated)
  const cache = resolve(givenCache ?? cacheRoot(process.env))
  const run = resume ? resumable(givenRun, dataset) : (givenRun ?? freeRunName(dataset))
  if (!resume && existsSync(join(run, fileNames.run))) throw taken(run)
  const size = options.size ?? (options.recipe === 'tutorial' ? 96 : await sizeFor(split.train, seed))
  const chosen = await chooseWeights(options, size)
  const plan = planFor(options, {
    classes: dataset.classNames.length,
    trainExamples: split.train.length,
    weights: chosen.path,
    alpha: chosen.alpha,
    size,
    threads: options.threads ?? Math.min(availableParallelism(), 8),
    layers: mobilenetV2({ alpha: chosen.alpha, size }).layers,
  })
  const records = openFileRecords(cache)
  const keys = await fingerprintSources(
    dataset.examples.map(({ source }) => source),
    records.entries,
  )
  records.save()
  const fingerprint = datasetFingerprint(dataset, keys)
  const examples = {
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
  }
  const record: RunRecord = {
    format: 1,
    versions: { graft: version, node: process.version },
    plan,
    data: {
      root: dataset.root,
      fingerprint,
      classNames: dataset.classNames,
      examples,
      validation: split.validation.map(({ id }) => id),
      test: split.test.map(({ id }) => id),
    },
  }
  return {
    dataset,
    split,
    record,
    resumed: resume,
    notes: [...dataset.notes, ...sizeNotes(options, size)],
    request: {
      run,
      plan,
      classNames: dataset.classNames,
      split,
      cache,
      decodeWorkers: Math.min(availableParallelism(), 8),
      maxUnreadable: options.skipBad ? 1 : tolerated,
      fingerprint: createHash('sha256')
        .update(JSON.stringify([plan, fingerprint, record.data.validation]))
        .digest('hex'),
      card: {
        createdBy: `graft ${version}`,
        createdAt: null,
        backbone: chosen.backbone,
        data: { name: nameOf(dataset), fingerprint, ...examples },
      },
    },
  }
}

/** A name for the data: that of its file or folder, without extension. */
export function nameOf({ root }: Dataset): string {
  return basename(resolve(root)).replace(/\.(zip|csv|tsv|jsonl)$/i, '') || 'data'
}

function freeRunName(dataset: Dataset): string {
  const base = join('runs', nameOf(dataset))
  for (let count = 2, name = base; ; count++) {
    if (!existsSync(name)) return name
    name = `${base}-${count}`
  }
}

/** The run folder to resume: the given one, or the last of the data's. */
function resumable(given: string | undefined, dataset: Dataset): string {
  const run = given ?? lastRun(dataset)
  if (existsSync(checkpointPath(run))) return run
  throw new UserError('run', `Cannot resume "${run}": it has no checkpoint`, {
    hint: 'leave --resume out to train from the beginning',
  })
}

function lastRun(dataset: Dataset): string {
  const base = join('runs', nameOf(dataset))
  let last = base
  for (let count = 2; existsSync(`${base}-${count}`); count++) last = `${base}-${count}`
  return last
}

function taken(run: string): UserError {
  return new UserError('run', `The folder "${run}" holds a run already`, {
    hint: 'name another folder with --run, or go on with this one with --resume',
  })
}

function sizeNotes({ size: given, recipe }: TrainOptions, size: number): string[] {
  return given === undefined && recipe !== 'tutorial'
    ? [`The network sees ${size}x${size} pixels, by the size of the pictures (--size sets it)`]
    : []
}
