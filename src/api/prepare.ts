/** From a path and a user's wishes to a complete request for the trainer, everything checked before the first epoch. */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { readDataset } from '../dataset/dataset.ts'
import { datasetFingerprint } from '../dataset/fingerprint.ts'
import { fingerprintFiles } from '../dataset/records.ts'
import type { Dataset } from '../dataset/types.ts'
import { cacheRoot } from '../pipeline/cache-root.ts'
import { checkOptions } from '../train/options.ts'
import type { WorkerRequest } from '../train/protocol.ts'
import { freshRun } from './fresh.ts'
import { resumedRun } from './resume.ts'
import type { FingerprintedData, Prepared, RunStart, TrainRequest } from './types.ts'

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
