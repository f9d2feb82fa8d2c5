/** Distillation from code: `for await (const event of distill({ teachers: ['big.onnx'], data: 'photos/' }))`. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { readyCache } from '../pipeline/cache-root.ts'
import { contentOf, fileNames, lockRun } from '../train/run-folder.ts'
import { steadyClock } from '../util/clock.ts'
import { UserError } from '../util/errors.ts'
import { errorOf, type Failure } from '../util/failure.ts'
import { writeFileAtomic } from '../util/files.ts'
import { checked, signal as signalOption, text } from '../util/options.ts'
import { hasEnded } from '../util/threads.ts'
import { version } from '../util/version.ts'
import { weightsName } from './distiller.ts'
import type { DistillerRequest } from './epoch.ts'
import { distillImages, listedFolders } from './images.ts'
import { type DistillOptions, distillPlan } from './options.ts'
import type { DistillEvent, DistillRecord } from './types.ts'

export interface DistillRequest extends DistillOptions {
  /** Run folders, ONNX networks, or MobileNetV2 weights, that the student learns from. */
  readonly teachers: readonly string[]
  /** A folder or zip of images, at any depth; labels are not looked at. */
  readonly data: string
  /** The run folder. */
  readonly run: string
  /** A file that lists folders below the data's root, one a line, whose images are not read. */
  readonly exclude?: string | undefined
  /** Go on with the run folder's checkpoint. */
  readonly resume?: boolean | undefined
  /** Where views and the teachers' answers are kept; default: the user's cache. */
  readonly cache?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const shape = {
  teachers: z.array(text()).min(1, 'wanted one or more'),
  data: text(),
  run: text(),
  exclude: text(),
  resume: z.boolean(),
  cache: text(),
  signal: signalOption(),
}

/**
 * Teaches a small network, with random weights or given ones, to answer as larger ones do, on images without labels, and
 * writes its weights.
 *
 * @throws UserError when something given cannot be used, or learning fails; code `aborted` when `signal` stopped it,
 *   and then the run folder holds a checkpoint to resume from
 */
export async function* distill(given: DistillRequest): AsyncGenerator<DistillEvent, void, undefined> {
  const { teachers, data, run, exclude, resume = false, cache, signal, ...options } = given
  const began = steadyClock()
  checked(shape, { teachers, data, run, exclude, resume, cache, signal })
  for (const path of teachers) if (!existsSync(path)) throw noTeacher(path)
  if (resume ? !existsSync(join(run, fileNames.run)) : contentOf(run) === 'run')
    throw resume ? absent(run) : taken(run)
  const plan = distillPlan(
    options,
    teachers.map(path => resolve(path)),
    Math.min(availableParallelism(), 8),
  )
  const without = exclude === undefined ? [] : listedFolders(exclude)
  const { split, fingerprint } = await distillImages(data, without, plan)
  const release = lockRun(run)
  try {
    const request: DistillerRequest = {
      run,
      plan,
      split,
      cache: readyCache(cache, process.env),
      decodeWorkers: Math.min(availableParallelism(), 8),
      // Results depend on what the files hold, not on where they lie.
      fingerprint: digestOf([{ ...plan, teachers: teachers.length, weights: null }, fingerprint]),
      metadata: {
        alpha: String(plan.student.alpha),
        size: String(plan.student.size),
        made_by: `graft ${version}`,
      },
    }
    const images = split.train.length + split.validation.length
    const record = {
      format: 1,
      versions: { graft: version, node: process.version },
      plan,
      without,
      images,
      fingerprint,
    }
    if (!resume) writeFileAtomic(join(run, fileNames.run), `${JSON.stringify(record, null, 2)}\n`)
    yield { event: 'start', run, images, resumed: resume }
    const { epoch, validation } = yield* inWorker(request, signal)
    const seconds = (steadyClock() - began) / 1000
    yield { event: 'done', run, weights: join(run, weightsName), ...validation, epochs: epoch, seconds }
  } finally {
    release()
  }
}

/** What the thread that distills says. */
export type FromDistiller =
  | { readonly type: 'event'; readonly event: DistillEvent }
  | { readonly type: 'done'; readonly record: DistillRecord }
  | { readonly type: 'failed'; readonly failure: Failure }

/** Runs the distiller in a thread of its own, as the engine holds its thread while it computes. */
async function* inWorker(
  request: DistillerRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<DistillEvent, DistillRecord, undefined> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: request })
  const inbox: FromDistiller[] = []
  let wake = (): void => {}
  const put = (message: FromDistiller): void => {
    inbox.push(message)
    wake()
  }
  const died = (message: string, stack?: string): void =>
    put({ type: 'failed', failure: { code: null, message, hint: undefined, stack } })
  worker.on('message', put)
  worker.on('error', error => died(error.message, error.stack))
  worker.on('exit', status => died(`the distilling thread ended with status ${status}`))
  const stop = (): void => worker.postMessage('stop')
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    for (;;) {
      while (inbox.length === 0) await new Promise<void>(ready => (wake = ready))
      const message = inbox.shift()!
      if (message.type === 'event') yield message.event
      if (message.type === 'failed') throw errorOf(message.failure)
      if (message.type === 'done') return message.record
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop() // where nobody listens any more; one that has finished does not hear it
    await hasEnded(worker)
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function taken(run: string): UserError {
  return new UserError('run', `The folder "${run}" holds a run already`, {
    hint: 'name another folder with --run, or go on with this one with --resume',
  })
}

function noTeacher(path: string): UserError {
  return new UserError('model', `Cannot read the teacher "${path}": there is no such file or folder`, {
    hint: 'name a run folder, an ONNX network, or MobileNetV2 weights',
  })
}

function absent(run: string): UserError {
  return new UserError('run', `There is no run in "${run}" to go on with`, {
    hint: 'leave out --resume to start one',
  })
}
