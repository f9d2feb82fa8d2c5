/**
 * A frozen prefix on all cores: threads with a session of one engine thread each.
 *
 * Together they do a third more than one session that shares each operator among the cores, they turn pixels into
 * numbers beside it, and what they give does not depend on how many they are.
 */
import { Worker } from 'node:worker_threads'
import { elementCount } from '../graph/dims.ts'
import { errorOf, type Failure } from '../util/failure.ts'
import { hasEnded } from '../util/threads.ts'
import type { View } from './view.ts'

/** What a thread is started with: an ONNX file whose input is `image`, float32 [N, 3, size, size]. */
export interface PrefixData {
  readonly model: Uint8Array
  readonly size: number
  /** What each output has for one image, in the order of the outputs. */
  readonly shapes: readonly (readonly number[])[]
}

/** A batch of images. */
export interface PrefixJob {
  /** uint8 [contents.length, size, size, 3] */
  readonly pixels: Uint8Array
  /** The key of each image's content, from which its view is drawn. */
  readonly contents: readonly string[]
  readonly view: View
}

/**
 * Arrays that go to a thread with a batch and come back with its features: new ones for each batch would be hundreds of
 * megabytes before any of the threads collects its garbage.
 */
export interface Carrier {
  readonly pixels: Uint8Array<ArrayBuffer>
  /** One for each output. */
  readonly features: readonly Float32Array<ArrayBuffer>[]
}

export interface ToPrefix extends Omit<PrefixJob, 'pixels'> {
  readonly carrier: Carrier
}

/** The carrier, its features filled. */
export interface FromPrefix {
  readonly carrier: Carrier
  readonly failure: Failure | null
}

/** The arrays of a carrier, to be handed over. */
export function buffersOf({ pixels, features }: Carrier): ArrayBuffer[] {
  return [pixels.buffer, ...features.map(({ buffer }) => buffer)]
}

export interface PrefixPool {
  /**
   * Computes the features of a batch.
   *
   * @param use told the features, [N, ...shape] of each output, in arrays that are used again once it has returned
   */
  run(job: PrefixJob, use: (features: readonly Float32Array[]) => void): Promise<void>
  /** Ends the threads once they have answered. */
  close(): Promise<void>
}

/** Readies so many threads; each is started when there is work for it. */
export function prefixPool(data: PrefixData, threads: number): PrefixPool {
  const workers = Array.from({ length: threads }, () => new PrefixThread(data))
  const idlest = (): PrefixThread =>
    workers.reduce((best, worker) => (worker.load < best.load ? worker : best))
  return {
    run: (job, use) => idlest().run(job, use),
    async close() {
      await Promise.all(workers.map(worker => worker.close()))
    },
  }
}

interface Waiting {
  readonly count: number
  use(features: readonly Float32Array[]): void
  resolve(): void
  reject(error: unknown): void
}

/** One thread, which is started by its first batch and answers in order. */
class PrefixThread {
  readonly #data: PrefixData
  readonly #waiting: Waiting[] = []
  readonly #carriers: Carrier[] = []
  #worker: Worker | undefined

  constructor(data: PrefixData) {
    this.#data = data
  }

  get load(): number {
    return this.#waiting.length
  }

  run({ pixels, contents, view }: PrefixJob, use: Waiting['use']): Promise<void> {
    this.#worker ??= this.#start()
    const carrier = this.#carrierFor(contents.length)
    carrier.pixels.set(pixels)
    const message: ToPrefix = { carrier, contents, view }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ count: contents.length, use, resolve, reject })
      this.#worker!.postMessage(message, buffersOf(carrier))
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
    worker.on('message', (answer: FromPrefix) => this.#answered(answer))
    worker.on('error', error => this.#fail(error))
    worker.on('exit', code => this.#fail(new Error(`A thread of the engine ended with status ${code}`)))
    return worker
  }

  #answered({ carrier, failure }: FromPrefix): void {
    const { count, use, resolve, reject } = this.#waiting.shift()!
    try {
      if (failure !== null) throw errorOf(failure)
      use(carrier.features.map((all, at) => all.subarray(0, count * elementCount(this.#data.shapes[at]!))))
      resolve()
    } catch (error) {
      reject(error)
    }
    this.#carriers.push(carrier)
  }

  /** One that came back and is large enough, or a new one. */
  #carrierFor(count: number): Carrier {
    const { size, shapes } = this.#data
    const spare = this.#carriers.pop()
    if (spare !== undefined && spare.pixels.length >= count * size * size * 3) return spare
    return {
      pixels: new Uint8Array(count * size * size * 3),
      features: shapes.map(shape => new Float32Array(count * elementCount(shape))),
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
