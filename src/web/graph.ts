/** A graph on onnxruntime-web: tensors in, numbers out, one run at a time. */
import { messageOf, UserError } from '../util/errors.ts'
import type { Device, InferenceSession, Runtime, Tensor } from './runtime.ts'

export interface SessionOptions {
  readonly device: Device
  /** 1 unless the page is cross-origin isolated. */
  readonly threads: number
}

/** A float32 output. */
export interface Output {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface WebGraph {
  /** All outputs by name. Throws UserError `model` when the engine fails. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Output>>>
  close(): Promise<void>
}

/**
 * Opens a graph.
 *
 * @param bytes an ONNX file whose outputs are float32
 * @throws Error in the engine's words when it refuses the graph or cannot be fetched
 */
export async function openWebGraph(
  runtime: Runtime,
  bytes: Uint8Array,
  { device, threads }: SessionOptions,
): Promise<WebGraph> {
  runtime.env.wasm.numThreads = threads
  const options = {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  } as const
  const session = await inTurn(() => runtime.InferenceSession.create(bytes, options))
  return {
    run: feeds => inTurn(() => outputsOf(session, feeds)).catch(error => Promise.reject(refused(error))),
    close: () => inTurn(() => session.release()),
  }
}

async function outputsOf(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Output>> {
  const outputs = Object.entries(await session.run(feeds))
  // Copied: the engine's own memory is used again.
  const copy = async (output: Tensor): Promise<Output> => {
    return { shape: output.dims, data: new Float32Array((await output.getData()) as Float32Array) }
  }
  const copies = outputs.map(async ([name, output]) => [name, await copy(output)] as const)
  return Object.fromEntries(await Promise.all(copies))
}

/** The engine's failure in the user's words. */
export function refused(cause: unknown): UserError {
  return new UserError('model', `Cannot run the model in this browser: ${messageOf(cause)}`, {
    hint: 'see that all files of the engine are served, or update the browser',
    cause,
  })
}

let last: Promise<unknown> = Promise.resolve()

/** Runs jobs one after another, of all graphs: the engine refuses a run while another one waits for the graphics card. */
function inTurn<T>(job: () => Promise<T>): Promise<T> {
  const next = last.then(job, job)
  last = next.catch(() => undefined)
  return next
}
