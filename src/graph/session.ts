/** Running graphs on ONNX Runtime, the tensor engine. */
import '../util/engine-telemetry.ts'

import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { messageOf, UserError } from '../util/errors.ts'
import { writeOnnx } from './onnx/write.ts'
import type { DType, Graph, Tensor, TensorData } from './types.ts'

export interface SessionOptions {
  /** Threads that one operation may use. Default: 1, so that results never depend on the machine. */
  readonly threads?: number
}

/** Arrays by value name. */
export type Tensors = Readonly<Record<string, Tensor>>

/** A graph that is ready to run. */
export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /**
   * Runs the graph.
   *
   * @param feeds one array for each input, read in place
   * @param into arrays for some outputs, written in place; the others are allocated
   * @throws RangeError when `into` names what is no output
   */
  run(feeds: Tensors, into?: Tensors): Promise<Tensors>
  /** Frees the engine's threads and memory. */
  close(): Promise<void>
}

/**
 * Makes a graph, or a model file's bytes, ready to run.
 *
 * @throws UserError `model` when the engine refuses it
 * @throws RangeError for a number of threads that is none
 */
export async function openSession(
  model: Graph | Uint8Array,
  { threads = 1 }: SessionOptions = {},
): Promise<Session> {
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`Expected a whole number of threads, 1 or more. Received: ${threads}`)
  const bytes = model instanceof Uint8Array ? model : writeOnnx(model)
  const session = await create(bytes, threads)
  let closed: Promise<void> | undefined
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, into = {}) {
      const odd = Object.keys(into).find(name => !session.outputNames.includes(name))
      if (odd !== undefined) throw new RangeError(`There is no output "${odd}" to write into`)
      const outputs = Object.fromEntries(
        session.outputNames.map(name => [name, into[name] ? wrap(into[name]) : null]),
      )
      const results = await session.run(mapValues(feeds, wrap), outputs)
      return mapValues(results, unwrap)
    },
    close: () => (closed ??= session.release()),
  }
}

async function create(bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    })
  } catch (error) {
    throw new UserError('model', `The engine cannot run this model: ${messageOf(error)}`, { cause: error })
  }
}

function wrap({ dtype, shape, data }: Tensor): OrtTensor {
  return new OrtTensor(dtype, data as never, shape as number[])
}

function unwrap(value: OrtTensor): Tensor {
  return { dtype: value.type as DType, shape: value.dims as number[], data: value.data as TensorData }
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
