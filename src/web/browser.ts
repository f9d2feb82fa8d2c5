/** `graft/browser`: a trained classifier in a web page, with the answers that it gives in Node. */
import { type BrowserClassifier, type OpenOptions, openClassifier } from './classifier.ts'
import { installedRuntime } from './runtime.ts'

export type { BundleCard, CardFigures } from '../bundle/card.ts'
export type { Judgement } from '../bundle/engine.ts'
export type { RejectFacts } from '../bundle/facts.ts'
export { type HeatMap, heatPixels } from '../bundle/heat-colour.ts'
export type { Prediction } from '../bundle/ranking.ts'
export { type ErrorCode, UserError } from '../util/errors.ts'
export type { BrowserClassifier, ClassifyOptions, ExplainOptions, Explanation } from './classifier.ts'
export type { BrowserInput } from './pixels.ts'
export { type Device, type Runtime, type RuntimeSource, runtimeIn } from './runtime.ts'

/** How to load; by default the package onnxruntime-web that is installed beside Graft computes. */
export type LoadOptions = Partial<OpenOptions>

/**
 * Loads a model.
 *
 * @param model a bundle's address, relative to the page, or its bytes
 * @throws UserError `network` when it cannot be fetched, `model` when it cannot be used
 * @example
 * const classifier = await load('best.onnx')
 * const [best] = await classifier.classify(file) // { label: 'cactus', score: 0.998 }
 * await classifier.dispose()
 */
export function load(
  model: string | URL | Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Promise<BrowserClassifier> {
  return openClassifier(model, { runtime: installedRuntime, ...options })
}
