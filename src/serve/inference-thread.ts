/** One thread with a network: started, given batch after batch, watched, and heard when it dies. */
import { Worker } from 'node:worker_threads'
import type { BundleFacts } from '../bundle/facts.ts'
import { errorOf } from '../util/failure.ts'
import { hasEnded } from '../util/threads.ts'
import {
  type FromInference,
  type InferenceData,
  type PackedVerdicts,
  packed,
  type Row,
  unpackedVerdicts,
  type Verdict,
} from './inference-protocol.ts'

/** The thread is gone, and the batches that it had with it. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied'
}

export interface InferenceThread {
  readonly facts: BundleFacts
  /** Whether heat maps can be had. */
  readonly explains: boolean
  /** Batches that it has. */
  readonly load: number
  /**
   * Runs one batch after the others that it has.
   *
   * @param explain whether the verdicts are to have heat maps
   * @returns a verdict for each row, null for a thumbnail that the full decoder should judge
   * @throws ThreadDied, or UserError `model` when the network fails
   */
  run(rows: readonly Row[], explain: boolean): Promise<readonly (Verdict | null)[]>
  /** Ends it after its batches. */
  close(): Promise<void>
}

export interface ThreadOptions {
  readonly model: string | Uint8Array
  /** The thread's module. */
  readonly entry: URL
  /** Milliseconds that decoding the thumbnails of a batch may take. */
  readonly patience: number
  /** Told once, when it dies after it was ready. */
  readonly onDeath: () => void
}

/** How often a thread that has a batch is looked at, in milliseconds. */
const watchInterval = 500

interface Waiting {
  readonly resolve: (verdicts: PackedVerdicts) => void
  readonly reject: (reason: Error) => void
}

/**
 * Loads a bundle into a thread.
 *
 * @throws UserError `model` when it cannot be used
 */
export async function startThread({ model, entry, ...options }: ThreadOptions): Promise<InferenceThread> {
  const isDecoding = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(entry, {
    workerData: { model, isDecoding } satisfies InferenceData,
    execArgv: [],
  })
  const ready = await begun(worker).catch(async error => {
    await hasEnded(worker)
    throw error
  })
  return Object.assign(overseen(worker, isDecoding, options), ready)
}

function begun(worker: Worker): Promise<Pick<InferenceThread, 'facts' | 'explains'>> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromInference) => {
      if (message.type === 'ready') resolve({ facts: message.facts, explains: message.explains })
      else if (message.type === 'unable') reject(errorOf(message.failure))
    })
    worker.once('error', reject)
    worker.once('exit', status =>
      reject(new Error(`Internal: an inference thread ended with status ${status}`)),
    )
  })
}

function overseen(
  worker: Worker,
  isDecoding: Int32Array,
  { patience, onDeath }: Pick<ThreadOptions, 'patience' | 'onDeath'>,
): Pick<InferenceThread, 'load' | 'run' | 'close'> {
  const waiting: Waiting[] = []
  /** When the first of them was begun. */
  let since = 0
  let isOver = false
  const first = (): Waiting | undefined => {
    since = performance.now()
    return waiting.shift()
  }
  worker.on('message', (message: FromInference) => {
    if (message.type === 'answered') first()?.resolve(message.verdicts)
    if (message.type === 'failed') first()?.reject(errorOf(message.failure))
  })
  // Only a thread that decodes is ended: one inside of the engine would take the process with it.
  const watch = setInterval(() => {
    const isStuck = waiting.length > 0 && performance.now() - since > patience
    if (isStuck && Atomics.load(isDecoding, 0) === 1) void worker.terminate()
  }, watchInterval).unref()
  const die = (): void => {
    clearInterval(watch)
    if (isOver) return
    isOver = true
    onDeath()
    for (const { reject } of waiting.splice(0)) reject(new ThreadDied('An inference thread died'))
  }
  worker.on('error', die).on('exit', die)
  return {
    get load() {
      return waiting.length
    },
    async run(rows, explain) {
      if (isOver) throw new ThreadDied('An inference thread is over')
      const verdicts = await new Promise<PackedVerdicts>((resolve, reject) => {
        if (waiting.push({ resolve, reject }) === 1) since = performance.now()
        const message = packed(rows, explain)
        worker.postMessage(message, [message.bytes.buffer])
      })
      return unpackedVerdicts(verdicts, rows.length)
    },
    async close() {
      isOver = true
      worker.postMessage(null)
      await hasEnded(worker)
      for (const { reject } of waiting.splice(0)) reject(new ThreadDied('The server is closing'))
    },
  }
}
