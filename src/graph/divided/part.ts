/** One more thread of a divided session, and what it is told. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { errorOf, type Failure } from '../../util/failure.ts'
import { hasEnded } from '../../util/threads.ts'
import type { Tensors } from '../session.ts'
import type { Tensor, ValueInfo } from '../types.ts'
import { arraysIn, type Carrier, carrierFor, hasRows } from './carrier.ts'
import { type Counter, countUp, isSoon, newCounter } from './counter.ts'

/** What the thread is started with. */
export interface PartData {
  /** An ONNX file. */
  readonly model: Uint8Array
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Of its session. */
  readonly threads: number
  /** Carriers with the inputs filled, or null to end; answers on the way back. */
  readonly port: MessagePort
  /** Counts the messages to the thread. */
  readonly asked: Counter
  /** Counts its answers. */
  readonly answered: Counter
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

/** How long an answer is looked out for before other messages get their turn, in milliseconds: parts end together. */
const patience = 2

/** A session in a thread of its own; it is asked again when it has answered. */
export class Part {
  readonly #values: readonly ValueInfo[]
  readonly #inputs: readonly ValueInfo[]
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #asked = newCounter()
  readonly #answered = newCounter()
  #questions = 0
  /** The one that came back last; it is used again for as many rows. */
  #carrier: Carrier | undefined
  /** What the thread died of. */
  #death: Error | undefined
  #settle: { resolve(outputs: Tensors): void; reject(error: unknown): void } | undefined

  /** @param program what the thread runs */
  constructor(
    { inputs, outputs, ...data }: Pick<PartData, 'model' | 'inputs' | 'outputs' | 'threads'>,
    program: URL = new URL('./worker.js', import.meta.url),
  ) {
    this.#inputs = inputs
    this.#values = [...inputs, ...outputs]
    const { port1, port2: port } = new MessageChannel()
    const counters = { asked: this.#asked, answered: this.#answered }
    const workerData: PartData = { ...data, ...counters, inputs, outputs, port }
    this.#worker = new Worker(program, { workerData, transferList: [port], execArgv: [] })
    this.#port = port1.on('message', (answer: FromPart) => this.#heard(answer))
    this.#worker.on('error', error => this.#died(error))
    this.#worker.on('exit', code => this.#died(new Error(`A thread of the engine ended with status ${code}`)))
  }

  /**
   * Begins to run its share of a batch; the feeds have been copied when this returns.
   *
   * @returns waits for the outputs, which are good until it is asked again
   */
  ask(feeds: Tensors, share: Share): () => Promise<Tensors> {
    const carrier = this.#carrier?.rows === share.rows ? this.#carrier : carrierFor(this.#values, share.rows)
    const places = arraysIn(carrier, this.#values)
    for (const input of this.#inputs) set(places[input.name]!, shareOf(feeds[input.name]!, input, share))
    const answer = new Promise<Tensors>((resolve, reject) => (this.#settle = { resolve, reject }))
    answer.catch(() => {}) // whoever asked may have failed before it waits
    if (this.#death !== undefined) this.#settle!.reject(this.#death)
    else this.#send(carrier)
    return () => {
      this.#lookOut()
      return answer
    }
  }

  async close(): Promise<void> {
    this.#send(null)
    await hasEnded(this.#worker)
    this.#port.close()
  }

  #send(carrier: Carrier | null): void {
    this.#questions++
    this.#carrier = undefined
    this.#port.postMessage(carrier, carrier === null ? [] : [carrier.buffer])
    countUp(this.#asked)
  }

  /** Takes the answer out of its turn, before the event loop gets to it. */
  #lookOut(): void {
    if (!isSoon(this.#answered, this.#questions, patience)) return
    const got = receiveMessageOnPort(this.#port)
    if (got !== undefined) this.#heard(got.message as FromPart)
  }

  #heard({ carrier, failure }: FromPart): void {
    this.#carrier = carrier
    if (failure === null) this.#settle!.resolve(arraysIn(carrier, this.#values))
    else this.#settle!.reject(errorOf(failure))
  }

  #died(error: Error): void {
    this.#death ??= error
    this.#settle?.reject(this.#death)
  }
}

/** Some rows of a value that has rows; the whole of another. */
export function shareOf({ dtype, shape, data }: Tensor, value: ValueInfo, { start, rows }: Share): Tensor {
  if (!hasRows(value)) return { dtype, shape, data }
  const length = data.length / shape[0]!
  const own = (data as Float32Array).subarray(start * length, (start + rows) * length)
  return { dtype, shape: [rows, ...shape.slice(1)], data: own }
}

function set(to: Tensor, from: Tensor): void {
  ;(to.data as Float32Array).set(from.data as Float32Array)
}
