/** A bundle in a browser: load it, and ask it what is in a picture. */
import type { Judgement } from '../bundle/engine.ts'
import type { RejectFacts } from '../bundle/facts.ts'
import type { BundleCard } from '../bundle/card.ts'
import { type Prediction, topPredictions } from '../bundle/ranking.ts'
import { fitImage } from '../pipeline/fit.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { readBundle } from './bundle.ts'
import { openOnBestDevice } from './device.ts'
import { type BrowserInput, pixelsOf } from './pixels.ts'
import type { Device, RuntimeSource } from './runtime.ts'

export interface OpenOptions {
  /** Where onnxruntime-web comes from. */
  readonly runtime: RuntimeSource
  /** What computes; default `auto`: WebGPU where it exists and answers as WebAssembly does, else WebAssembly. */
  readonly device?: Device | 'auto'
}

export interface ClassifyOptions {
  /** How many classes to give, the most probable ones; default 5. */
  readonly top?: number
  /** Whether pictures that are like no training image are called unknown; default true, where the bundle can tell. */
  readonly reject?: boolean
}

/** A model that is ready to classify. */
export interface BrowserClassifier {
  /** In the order of probabilities. */
  readonly classNames: readonly string[]
  readonly preprocessing: Preprocessing
  /** Where the model comes from, and its figures. */
  readonly card: BundleCard
  /** When a picture is called unknown, and how that was measured; null where the bundle refuses nothing. */
  readonly reject: RejectFacts | null
  /** What computes. */
  readonly device: Device
  /** Threads of the processor; more than 1 only on pages that are cross-origin isolated. */
  readonly threads: number
  /** Why the graphics card is not used, in a few words; null where it is, or was not asked for. */
  readonly note: string | null
  /**
   * The most probable classes of a picture, the best first; each is marked `unknown` where the picture is like no
   * training image.
   *
   * @throws UserError `image` when it cannot be read, `model` when the engine fails
   */
  classify(input: BrowserInput, options?: ClassifyOptions): Promise<Prediction[]>
  /** The probabilities of all classes, and how unlike the training images the picture is. Throws as `classify` does. */
  judge(input: BrowserInput): Promise<Judgement>
  /** Frees the network; nothing can be classified afterwards. */
  dispose(): Promise<void>
}

/**
 * Opens a bundle.
 *
 * @param model its bytes, or where to fetch it; a path is relative to the page
 * @throws UserError `network` when it cannot be fetched, `model` when it cannot be used
 */
export async function openClassifier(
  model: string | URL | Uint8Array | ArrayBuffer,
  { runtime, device = 'auto' }: OpenOptions,
): Promise<BrowserClassifier> {
  const isAddress = typeof model === 'string' || model instanceof URL
  const name = isAddress ? String(model) : 'the model'
  const bytes = isAddress ? await fetched(model) : new Uint8Array(model)
  const facts = await readBundle(bytes, name)
  const { session, note } = await openOnBestDevice({ bytes, facts, runtime, device })
  const { classNames, preprocessing, card, reject: rejectFacts = null } = facts
  const limit = rejectFacts?.limit ?? Number.POSITIVE_INFINITY
  const judge = async (input: BrowserInput): Promise<Judgement> =>
    session.run(fitImage(await pixelsOf(input, preprocessing), preprocessing).data)
  return {
    classNames,
    preprocessing,
    card,
    device: session.device,
    threads: session.threads,
    note,
    reject: rejectFacts,
    judge,
    async classify(input, { top = 5, reject = true } = {}) {
      const { probabilities, unfamiliarity } = await judge(input)
      const best = topPredictions(probabilities, classNames, top)
      const unknown = reject && (unfamiliarity ?? 0) > limit
      return unknown ? best.map(prediction => ({ ...prediction, unknown })) : best
    },
    dispose: () => session.close(),
  }
}

async function fetched(address: string | URL): Promise<Uint8Array> {
  const failed = (reason: string, cause?: unknown): UserError =>
    new UserError('network', `Cannot fetch "${address}": ${reason}`, {
      hint: 'see that the server has the file, and that the page may fetch it',
      cause,
    })
  const response = await fetch(address).catch(error => Promise.reject(failed(messageOf(error), error)))
  if (!response.ok) throw failed(`the server answers ${response.status} ${response.statusText}`)
  return new Uint8Array(await response.arrayBuffer())
}
