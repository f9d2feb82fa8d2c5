/** A bundle's graph on onnxruntime-web, on one device: in browsers, and in Node where exports are verified. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import type { Judgement } from '../bundle/engine.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { messageOf, UserError } from '../util/errors.ts'
import type { Device, Runtime } from './runtime.ts'

export interface WebSession {
  readonly device: Device
  /** Threads of the processor that the engine uses. */
  readonly threads: number
  /**
   * Judges one picture.
   *
   * @param pixels uint8 RGB [size, size, 3]
   * @throws UserError `model` when the engine fails
   */
  run(pixels: Uint8Array): Promise<Judgement>
  close(): Promise<void>
}

export interface SessionOptions {
  readonly device: Device
  /** 1 unless the page is cross-origin isolated. */
  readonly threads: number
}

/** @throws Error in the engine's words when it refuses the graph or cannot be fetched */
export async function openWebSession(
  runtime: Runtime,
  bytes: Uint8Array,
  { preprocessing: { size } }: BundleFacts,
  { device, threads }: SessionOptions,
): Promise<WebSession> {
  runtime.env.wasm.numThreads = threads
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const run = async (pixels: Uint8Array): Promise<Judgement> => {
    const image = new runtime.Tensor('uint8', pixels, [1, size, size, 3])
    const outputs = await session.run({ [bundleNames.input]: image })
    const numbers = async (name: string): Promise<Float32Array | undefined> =>
      outputs[name] && new Float32Array((await outputs[name].getData()) as Float32Array)
    const unfamiliarity = (await numbers(bundleNames.unfamiliarity))?.[0] ?? null
    return { probabilities: (await numbers(bundleNames.output))!, unfamiliarity }
  }
  const queue = inTurn()
  return {
    device,
    threads,
    run: pixels => queue(() => run(pixels)).catch(error => Promise.reject(refused(error))),
    close: () => queue(() => session.release()),
  }
}

/** The engine's failure in the user's words. */
export function refused(cause: unknown): UserError {
  return new UserError('model', `Cannot run the model in this browser: ${messageOf(cause)}`, {
    hint: 'see that all files of the engine are served, or update the browser',
    cause,
  })
}

/** Runs jobs one after another: the engine refuses a run while another one waits for the graphics card. */
function inTurn(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return job => {
    const next = last.then(job, job)
    last = next.catch(() => undefined)
    return next
  }
}
