/** One thread of a divided session, and what it is told. */
import { Worker } from 'node:worker_threads'
import { errorOf, type Failure } from '../../util/failure.ts'
import { hasEnded } from '../../util/threads.ts'
import type { Tensors } from '../session.ts'
import type { Tensor, ValueInfo } from '../types.ts'
import { arraysIn, type Carrier, carrierFor, hasRows } from './carrier.ts'

/** What the thread is started with. */
export interface PartData {
  /** An ONNX file. */
  readonly model: Uint8Array
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Of its session. */
  readonly threads: number
}

export interface FromPart {
  /** The outputs filled. */
  readonly carrier: Carrier
  readonly failure: Failure | null
}

/** Some rows of a batch. */
export interface Share {
  readonly start: number
  readonly rows: number
}

/** A session in a thread of its own; it is asked again when it has answered. */
export class Part {
  readonly #values: readonly ValueInfo[]
  readonly #inputs: readonly ValueInfo[]
  readonly #worker: Worker
  /** The one that came back last; it is used again for as many rows. */
  #carrier: Carrier | undefined
  /** What the thread died of. */
  #death: Error | undefined
  #settle: { resolve(outputs: Tensors): void; reject(error: unknown): void } | undefined

  constructor(data: PartData) {
    this.#inputs = data.inputs
    this.#values = [...data.inputs, ...data.outputs]
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: data, execArgv: [] })
    this.#worker.on('message', (answer: FromPart) => this.#answered(answer))
    this.#worker.on('error', error => this.#died(error))
    this.#worker.on('exit', code => this.#died(new Error(`A thread of the engine ended with status ${code}`)))
  }

  /**
   * Runs its share of a batch; the feeds have been copied when this returns.
   *
   * @returns the outputs, good until it runs again
   */
  run(feeds: Tensors, share: Share): Promise<Tensors> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    const carrier = this.#carrier?.rows === share.rows ? this.#carrier : carrierFor(this.#values, share.rows)
    const places = arraysIn(carrier, this.#values)
    for (const input of this.#inputs) copy(feeds[input.name]!, places[input.name]!, hasRows(input), share)
    this.#worker.postMessage(carrier, [carrier.buffer])
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }))
  }

  async close(): Promise<void> {
    this.#worker.postMessage(null)
    await hasEnded(this.#worker)
  }

  #died(error: Error): void {
    this.#death ??= error
    this.#settle?.reject(this.#death)
  }

  #answered({ carrier, failure }: FromPart): void {
    this.#carrier = carrier
    if (failure === null) this.#settle!.resolve(arraysIn(carrier, this.#values))
    else this.#settle!.reject(errorOf(failure))
  }
}

function copy(from: Tensor, to: Tensor, isShared: boolean, { start, rows }: Share): void {
  const length = to.data.length / rows
  const data = from.data as Float32Array
  const own = isShared ? data.subarray(start * length, (start + rows) * length) : data
  ;(to.data as Float32Array).set(own)
}
