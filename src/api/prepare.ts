/** From a path and a user's wishes to a complete request for the trainer, everything checked before the first epoch. */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { basename, resolve } from 'node:path'
import { readDataset } from '../dataset/dataset.ts'
import { datasetFingerprint } from '../dataset/fingerprint.ts'
import { fingerprintFiles } from '../dataset/records.ts'
import type { Dataset } from '../dataset/types.ts'
import { excludedIds, withoutExamples } from '../inspect/findings-csv.ts'
import type { DownloadProgress } from '../model/weights/download-part.ts'
import { readyCache } from '../pipeline/cache-root.ts'
import type { TrainOptions } from '../train/options.ts'
import type { WorkerRequest } from '../train/protocol.ts'
import type { TrainEvent } from '../train/types.ts'
import { steadyClock } from '../util/clock.ts'
import { exclusionNote } from './copies.ts'
import { freshRun } from './fresh.ts'
import { repeatWords } from './repeat.ts'
import { resumedRun } from './resume.ts'
import type { FingerprintedData, Prepared, RunStart, TrainRequest } from './types.ts'

/**
 * @param options those of training itself among the request's
 * @param tell told how far a download of weights is
 * @param signal stops that download
 * @throws UserError for any dataset, weights or folder that cannot be used
 */
export async function prepare(
  data: string | Dataset,
  request: TrainRequest,
  options: TrainOptions,
  tell: (event: TrainEvent) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  const { run, resume = false, cache: givenCache, labels, idColumn, labelColumn, exclude, folds } = request
  const given = typeof data === 'string' ? await readDataset(data, { labels, idColumn, labelColumn }) : data
  const dataset = exclude === undefined ? given : withoutExcluded(given, exclude)
  const cache = readyCache(givenCache, process.env)
  const sources = dataset.examples.map(({ source }) => source)
  const keys = await fingerprintFiles(sources, cache)
  const known = { dataset, keys, name: nameOf(dataset), fingerprint: datasetFingerprint(dataset, keys) }
  const start = resume
    ? resumedRun(known, run, folds === undefined ? options : { ...options, folds })
    : repeatable(
        await freshRun(known, run, options, {
          cache,
          signal,
          onDownload: downloadTeller(tell),
          onRead: readTeller(tell),
        }),
        {
          ...options,
          labels,
          idColumn,
          labelColumn,
          exclude,
          folds,
        },
      )
  return { ...known, ...start, resumed: resume, request: workerRequest(known, start, cache) }
}

function withoutExcluded(given: Dataset, table: string): Dataset {
  const { dataset, excluded } = withoutExamples(given, excludedIds(table))
  return { ...dataset, notes: [...dataset.notes, exclusionNote(table, excluded)] }
}

/** A new run that remembers how it was asked for. */
function repeatable(start: RunStart, request: TrainRequest): RunStart {
  return { ...start, record: { ...start.record, command: repeatWords(request, start.record) } }
}

/** Milliseconds between two words about a download or about reading. */
const pace = 100

function downloadTeller(tell: (event: TrainEvent) => void): (progress: DownloadProgress) => void {
  const words = { event: 'progress', stage: 'download', phase: null, epoch: null, epochs: null } as const
  let last = Number.NEGATIVE_INFINITY
  return ({ received: done, total }) => {
    if (steadyClock() - last < pace && done !== total) return
    last = steadyClock()
    tell({ ...words, done, total: total ?? 0 })
  }
}

/** What takes less than one pace is not worth a word. */
function readTeller(tell: (event: TrainEvent) => void): (done: number, total: number) => void {
  const words = { event: 'progress', stage: 'read', phase: null, epoch: null, epochs: null } as const
  let last = steadyClock()
  return (done, total) => {
    if (steadyClock() - last < pace) return
    last = steadyClock()
    tell({ ...words, done, total })
  }
}

/** A name for the data: that of its file or folder, without extension. */
function nameOf({ root }: Dataset): string {
  return basename(resolve(root)).replace(/\.(zip|csv|tsv|jsonl)$/i, '') || 'data'
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
