/**
 * A frozen prefix on all cores: threads with a session of one engine thread each.
 *
 * Together they do a third more than one session that shares each operator among the cores, they turn pixels into
 * numbers beside it, and what they give does not depend on how many they are.
 */
import { Worker } from 'node:worker_threads'
import { hasEnded } from '../util/threads.ts'
import { errorOf, type Failure } from './protocol.ts'
import type { View } from './view.ts'

/** What a thread is started with: an ONNX file whose input is `image`, float32 [N, 3, size, size]. */
export interface PrefixData {
  readonly model: Uint8Array
  readonly size: number
}

/** A batch of images. */
export interface PrefixJob {
  /** uint8 [contents.length, size, size, 3] */
  readonly pixels: Uint8Array<ArrayBuffer>
  /** The key of each image's content, from which its view is drawn. */
  readonly contents: readonly string[]
  readonly view: View
}

/** A batch's features by the prefix's outputs, in their order. */
export type FromPrefix = { readonly features: Float32Array<ArrayBuffer>[] } | { readonly failure: Failure }

export interface PrefixPool {
  /** The features of a batch, [N, ...] of each output; the pixels are given away. */
  run(job: PrefixJob): Promise<readonly Float32Array[]>
  /** Ends the threads once they have answered. */
  close(): Promise<void>
}

/** Readies so many threads; each is started when there is work for it. */
export function prefixPool(data: PrefixData, threads: number): PrefixPool {
  const workers = Array.from({ length: threads }, () => new PrefixThread(data))
  return {
    run: job => workers.reduce((idlest, worker) => (worker.load < idlest.load ? worker : idlest)).run(job),
    async close() {
      await Promise.all(workers.map(worker => worker.close()))
    },
  }
}

interface Waiting {
  resolve(features: readonly Float32Array[]): void
  reject(error: Error): void
}

/** One thread, which is started by its first batch and answers in order. */
class PrefixThread {
  readonly #data: PrefixData
  readonly #waiting: Waiting[] = []
  #worker: Worker | undefined

  constructor(data: PrefixData) {
    this.#data = data
  }

  get load(): number {
    return this.#waiting.length
  }

  run(job: PrefixJob): Promise<readonly Float32Array[]> {
    this.#worker ??= this.#start()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker!.postMessage(job, [job.pixels.buffer])
    })
  }

  /** Ends the thread after the batches that it has. */
  async close(): Promise<void> {
    if (this.#worker === undefined) return
    this.#worker.postMessage(null)
    await hasEnded(this.#worker)
  }

  #start(): Worker {
    const url = new URL('./prefix-worker.js', import.meta.url)
    const worker = new Worker(url, { workerData: this.#data, execArgv: [] })
    worker.on('message', (answer: FromPrefix) => {
      const { resolve, reject } = this.#waiting.shift()!
      if ('failure' in answer) reject(errorOf(answer.failure))
      else resolve(answer.features)
    })
    worker.on('error', error => this.#fail(error))
    worker.on('exit', code => this.#fail(new Error(`A thread of the engine ended with status ${code}`)))
    return worker
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
