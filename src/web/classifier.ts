/** A bundle in a browser: load it, and ask it what is in a picture. */

import type { BundleCard } from '../bundle/card.ts'
import type { Judgement } from '../bundle/engine.ts'
import type { RejectFacts } from '../bundle/facts.ts'
import type { HeatMap } from '../bundle/heat-colour.ts'
import { type Prediction, topPredictions } from '../bundle/ranking.ts'
import { fitImage } from '../pipeline/fit.ts'
import type { Preprocessing } from '../pipeline/types.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { readBundle } from './bundle.ts'
import { openOnBestDevice } from './device.ts'
import { openWebExplainer, type WebExplainer } from './explainer.ts'
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

export interface ExplainOptions extends ClassifyOptions {
  /** The class that is asked about; by default the most probable one. */
  readonly label?: string
}

/** What is in a picture, and what spoke for it. */
export interface Explanation {
  /** As `classify` gives them. */
  readonly predictions: readonly Prediction[]
  /** What spoke for the class that was asked about, over the network's square; `heatPixels` colours it. */
  readonly heat: HeatMap
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
  /**
   * Classifies a picture, and says what the network looked at (Grad-CAM, as in Node). The first call opens the network a
   * second time, on the processor.
   *
   * @throws RangeError when no class has that label, UserError `model` when the network cannot be explained, and as
   *   `classify` does
   */
  explain(input: BrowserInput, options?: ExplainOptions): Promise<Explanation>
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
  const square = async (input: BrowserInput): Promise<Uint8Array> =>
    fitImage(await pixelsOf(input, preprocessing), preprocessing).data
  const best = (judgement: Judgement, { top = 5, reject = true }: ClassifyOptions): Prediction[] => {
    const predictions = topPredictions(judgement.probabilities, classNames, top)
    const unknown = reject && (judgement.unfamiliarity ?? 0) > limit
    return unknown ? predictions.map(prediction => ({ ...prediction, unknown })) : predictions
  }
  let explainer: Promise<WebExplainer> | undefined
  const openExplainer = async (): Promise<WebExplainer> => {
    const { size } = preprocessing
    const { device, threads } = session
    return openWebExplainer(await runtime(device), bytes, { name, size, classes: classNames.length, threads })
  }
  return {
    classNames,
    preprocessing,
    card,
    device: session.device,
    threads: session.threads,
    note,
    reject: rejectFacts,
    judge: async input => session.run(await square(input)),
    classify: async (input, options = {}) => best(await session.run(await square(input)), options),
    async explain(input, options = {}) {
      const pixels = await square(input)
      const judgement = await session.run(pixels)
      const [first] = topPredictions(judgement.probabilities, classNames, 1)
      const choice = indexOf(options.label ?? first!.label, classNames)
      explainer ??= openExplainer()
      const heat = await (await explainer).run(pixels, choice)
      return { predictions: best(judgement, options), heat }
    },
    async dispose() {
      await Promise.all([session.close(), explainer?.then(opened => opened.close())])
    },
  }
}

function indexOf(label: string, classNames: readonly string[]): number {
  const index = classNames.indexOf(label)
  if (index >= 0) return index
  throw new RangeError(`Expected a label of the classifier. Received: "${label}"`)
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
