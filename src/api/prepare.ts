/** From a path and a user's wishes to a complete request for the trainer, everything checked before the first epoch. */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { readDataset } from '../dataset/dataset.ts'
import { datasetFingerprint } from '../dataset/fingerprint.ts'
import { fingerprintFiles } from '../dataset/records.ts'
import type { Dataset, Split } from '../dataset/types.ts'
import { cacheRoot } from '../pipeline/cache-root.ts'
import { checkOptions, type TrainOptions } from '../train/options.ts'
import type { WorkerRequest } from '../train/protocol.ts'
import type { RunRecord } from '../train/run-folder.ts'
import { freshRun } from './fresh.ts'
import { resumedRun } from './resume.ts'

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

/** A dataset with what identifies its content. */
export interface FingerprintedData {
  readonly dataset: Dataset
  readonly name: string
  readonly fingerprint: string
}

/** What a run is, new or resumed, before it is put into words for the trainer. */
export interface RunStart {
  readonly run: string
  readonly record: RunRecord
  readonly split: Split
  readonly notes: readonly string[]
}

/** Everything that a training needs. */
export interface Prepared extends RunStart, FingerprintedData {
  readonly request: WorkerRequest
  readonly resumed: boolean
}

/** @throws UserError for any option, dataset, weights or folder that cannot be used */
export async function prepare(data: string | Dataset, request: TrainRequest): Promise<Prepared> {
  const { run, resume = false, cache: givenCache, labels, idColumn, labelColumn, signal, ...rest } = request
  const options = checkOptions(rest)
  const dataset = typeof data === 'string' ? await readDataset(data, { labels, idColumn, labelColumn }) : data
  const cache = resolve(givenCache ?? cacheRoot(process.env))
  const known = { dataset, name: nameOf(dataset), fingerprint: await fingerprintOf(dataset, cache) }
  const start = resume ? resumedRun(known, run, options) : await freshRun(known, run, options)
  return { ...known, ...start, resumed: resume, request: workerRequest(known, start, cache) }
}

/** A name for the data: that of its file or folder, without extension. */
function nameOf({ root }: Dataset): string {
  return basename(resolve(root)).replace(/\.(zip|csv|tsv|jsonl)$/i, '') || 'data'
}

async function fingerprintOf(dataset: Dataset, cache: string): Promise<string> {
  const keys = await fingerprintFiles(
    dataset.examples.map(({ source }) => source),
    cache,
  )
  return datasetFingerprint(dataset, keys)
}

function workerRequest(
  { name, fingerprint }: FingerprintedData,
  start: RunStart,
  cache: string,
): WorkerRequest {
  const { run, record, split } = start
  const { plan, backbone, data, maxUnreadable } = record
  return {
    run,
    plan,
    classNames: data.classNames,
    split,
    cache,
    decodeWorkers: Math.min(availableParallelism(), 8),
    maxUnreadable,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([plan, fingerprint, data.validation]))
      .digest('hex'),
    card: {
      createdBy: `graft ${record.versions['graft']}`,
      createdAt: null,
      backbone,
      data: { name, fingerprint, ...data.examples },
    },
  }
}
