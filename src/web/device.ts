/** A bundle on the best device of a browser that gives the right answers. */
import type { BundleFacts } from '../bundle/facts.ts'
import { messageOf } from '../util/errors.ts'
import { refused } from './graph.ts'
import type { Device, RuntimeSource } from './runtime.ts'
import { openWebSession, type WebSession } from './session.ts'

/** A session, and why it is not on the graphics card, in a few words; null where it is, or that was not asked for. */
export interface Chosen {
  readonly session: WebSession
  readonly note: string | null
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
export async function openOnBestDevice(request: SessionRequest): Promise<Chosen> {
  const { device } = request
  try {
    if (device === 'wasm') return { session: await openOn('wasm', request), note: null }
    if (device === 'webgpu') return { session: await openChecked(request), note: null }
  } catch (error) {
    throw refused(error)
  }
  try {
    return { session: await openChecked(request), note: null }
  } catch (obstacle) {
    const session = await openOn('wasm', request).catch(error => Promise.reject(refused(error)))
    return { session, note: messageOf(obstacle) }
  }
}

/** The part of the WebGPU API that is asked here, which TypeScript's DOM types lack. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>
}

/** @throws Error whose message says in a few words what keeps this browser from WebGPU */
async function checkWebGpu(device: Device | 'auto'): Promise<void> {
  const { gpu } = navigator as unknown as { gpu?: Gpu }
  if (gpu === undefined) throw new Error('this browser has no WebGPU')
  if (!('Suspending' in WebAssembly))
    throw new Error('this browser has no JavaScript promise integration, which WebGPU needs')
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (adapter === null) throw new Error('there is no graphics card that WebGPU can use')
  if (device === 'auto' && adapter.info?.isFallbackAdapter)
    throw new Error('WebGPU is only emulated on this device')
}

/** The graphics card, once it has answered as the processor does: drivers err, and say nothing. */
async function openChecked(request: SessionRequest): Promise<WebSession> {
  await checkWebGpu(request.device)
  const pixels = testPicture(request.facts.preprocessing.size)
  const card = await openOn('webgpu', request)
  try {
    const expected = await processorAnswer(request, pixels)
    const { probabilities: found } = await card.run(pixels)
    const drift = Math.max(...expected.map((value, k) => Math.abs(value - found[k]!)))
    if (drift <= tolerance) return card
    throw new Error(`the graphics card answers wrongly, by ${drift.toFixed(3)}`)
  } catch (error) {
    await card.close().catch(() => undefined)
    throw error
  }
}

async function processorAnswer(request: SessionRequest, pixels: Uint8Array): Promise<Float32Array> {
  // The same build of the engine, so that no second one is fetched.
  const processor = await openOn('wasm', { ...request, runtime: () => request.runtime('webgpu') })
  try {
    return (await processor.run(pixels)).probabilities
  } finally {
    await processor.close()
  }
}

/** A picture with something of everything in it: slopes, edges and noise. */
function testPicture(size: number): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)]
    return ((x * 255) / size + (y & 16) * 4 + (Math.imul(i, 2654435761) >>> 26)) & 255
  })
}

async function openOn(device: Device, { runtime, bytes, facts }: SessionRequest): Promise<WebSession> {
  const threads = globalThis.crossOriginIsolated ? Math.min(maxThreads, navigator.hardwareConcurrency) : 1
  return openWebSession(await runtime(device), bytes, facts, { device, threads })
}
