/** The network in a thread of its own, so that the thread that serves is always free to answer. */
import { Worker } from 'node:worker_threads'
import type { BundleFacts } from '../bundle/facts.ts'
import { errorOf } from '../util/failure.ts'
import { hasEnded } from '../util/threads.ts'
import type { FromInference, InferenceData, ToInference, Verdict } from './inference-protocol.ts'

export interface Inference {
  readonly facts: BundleFacts
  /** Whether heat maps can be had. */
  readonly explains: boolean
  /**
   * Runs one batch; several wait for each other.
   *
   * @param pixels uint8 RGB [n, size, size, 3]; they go to the other thread and are gone here
   * @param explain whether the verdicts are to have heat maps
   * @returns one verdict for each picture
   * @throws UserError `model` when the network fails
   */
  run(pixels: Uint8Array<ArrayBuffer>, explain: boolean): Promise<readonly Verdict[]>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (verdicts: readonly Verdict[]) => void
  readonly reject: (reason: Error) => void
}

/**
 * Loads a bundle into a thread.
 *
 * @throws UserError `model` when it cannot be used
 */
export async function startInference(data: InferenceData): Promise<Inference> {
  const worker = new Worker(new URL('./inference-worker.js', import.meta.url), {
    workerData: data,
    execArgv: [],
  })
  const waiting = new Map<number, Waiting>()
  let death: Error | undefined
  let next = 0
  const { facts, explains } = await new Promise<Pick<Inference, 'facts' | 'explains'>>((resolve, reject) => {
    worker.on('message', (message: FromInference) => {
      if (message.type === 'ready') return resolve(message)
      if (message.type === 'unable') return reject(errorOf(message.failure))
      const one = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.type === 'answered') one?.resolve(message.verdicts)
      else one?.reject(errorOf(message.failure))
    })
    const die = (reason: Error): void => {
      death ??= reason
      reject(reason)
      for (const one of waiting.values()) one.reject(reason)
      waiting.clear()
    }
    worker.on('error', die)
    worker.on('exit', status => die(new Error(`Internal: the inference thread ended with status ${status}`)))
  }).catch(async error => {
    await hasEnded(worker)
    throw error
  })
  return {
    facts,
    explains,
    run(pixels, explain) {
      if (death) return Promise.reject(death)
      return new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, pixels, explain } satisfies ToInference, [pixels.buffer])
      })
    },
    async close() {
      worker.postMessage(null)
      await hasEnded(worker)
    },
  }
}
