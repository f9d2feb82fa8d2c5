/** A bundle's graph on the best device that gives the right answers. */
import { bundleNames } from '../bundle/bundle-graph.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import { messageOf, UserError } from '../util/errors.ts'
import type { Device, Runtime, RuntimeSource } from './runtime.ts'

export interface WebSession {
  readonly device: Device
  /** Threads of the processor that the engine uses; more than 1 only on pages that are cross-origin isolated. */
  readonly threads: number
  /** Why the graphics card is not used, in a few words; null where it is, or was not asked for. */
  readonly note: string | null
  /**
   * The probabilities of one picture.
   *
   * @param pixels uint8 RGB [size, size, 3]
   * @returns float32 [K]
   * @throws UserError `model` when the engine fails
   */
  run(pixels: Uint8Array): Promise<Float32Array>
  close(): Promise<void>
}

export interface SessionRequest {
  readonly bytes: Uint8Array
  readonly facts: BundleFacts
  readonly runtime: RuntimeSource
  /** `auto` takes the graphics card where it exists and answers as the processor does. */
  readonly device: Device | 'auto'
}

/** How far a probability on the graphics card may be from the processor's: the promise of every export. */
const tolerance = 0.01

/** Most threads: beyond four, one small picture is not done any sooner. */
const maxThreads = 4

/** @throws UserError `model` when the engine cannot be fetched, or refuses the graph */
export async function openWebSession(request: SessionRequest): Promise<WebSession> {
  const { device } = request
  if (device === 'wasm') return openOn('wasm', request, null)
  const obstacle = await webGpuObstacle()
  if (obstacle !== null && device === 'auto') return openOn('wasm', request, obstacle)
  try {
    if (obstacle !== null) throw new Error(obstacle)
    return await openChecked(request)
  } catch (error) {
    if (device === 'webgpu') throw refused(error)
    return openOn('wasm', request, messageOf(error))
  }
}

/** What keeps this browser from WebGPU, in a few words; null when nothing does. */
async function webGpuObstacle(): Promise<string | null> {
  const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<object | null> } }
  if (gpu === undefined) return 'this browser has no WebGPU'
  if (!('Suspending' in WebAssembly)) return 'this browser has no JavaScript promise integration'
  const adapter = await gpu.requestAdapter().catch(() => null)
  return adapter === null ? 'there is no graphics card that WebGPU can use' : null
}

/** The graphics card, once it has answered as the processor does. Drivers do err, and say nothing. */
async function openChecked(request: SessionRequest): Promise<WebSession> {
  const runtime = await request.runtime('webgpu')
  const pixels = testPicture(request.facts.preprocessing.size)
  const processor = await create(runtime, 'wasm', request)
  const card = await create(runtime, 'webgpu', request)
  const [expected, found] = [await processor.run(pixels), await card.run(pixels)]
  await processor.close()
  const drift = Math.max(...expected.map((value, k) => Math.abs(value - found[k]!)))
  if (drift <= tolerance) return card
  await card.close()
  throw new Error(`the graphics card answers wrongly, by ${drift.toFixed(3)}`)
}

/** A picture with something of everything in it: slopes, edges and noise. */
function testPicture(size: number): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)]
    return ((x * 255) / size + (y & 16) * 4 + ((i * 2654435761) >>> 26)) & 255
  })
}

async function openOn(device: Device, request: SessionRequest, note: string | null): Promise<WebSession> {
  try {
    return await create(await request.runtime(device), device, request, note)
  } catch (error) {
    throw refused(error)
  }
}

function refused(cause: unknown): UserError {
  return new UserError('model', `Cannot run the model in this browser: ${messageOf(cause)}`, {
    hint: 'see that all files of the engine are served, or update the browser',
    cause,
  })
}

async function create(
  runtime: Runtime,
  device: Device,
  { bytes, facts }: SessionRequest,
  note: string | null = null,
): Promise<WebSession> {
  const threads = globalThis.crossOriginIsolated ? Math.min(maxThreads, navigator.hardwareConcurrency) : 1
  runtime.env.wasm.numThreads = threads
  const session = await runtime.InferenceSession.create(bytes, {
    executionProviders: [device],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const { size } = facts.preprocessing
  const run = async (pixels: Uint8Array): Promise<Float32Array> => {
    const image = new runtime.Tensor('uint8', pixels, [1, size, size, 3])
    const { [bundleNames.output]: output } = await session.run({ [bundleNames.input]: image })
    return new Float32Array((await output!.getData()) as Float32Array)
  }
  const queue = inTurn()
  return {
    device,
    threads,
    note,
    run: pixels => queue(() => run(pixels)).catch(error => Promise.reject(refused(error))),
    close: () => queue(() => session.release()),
  }
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
