/** The program of an exported page: the try-it page, with the classifier in the browser behind it. */
import { type BrowserClassifier, openClassifier } from './classifier.ts'
import { pageData } from './data.ts'
import { byId } from './elements.ts'
import { type Device, runtimeIn } from './runtime.ts'
import { startTry } from './try/start.ts'
import type { TryModel } from './try/types.ts'

interface ExportedModel extends TryModel {
  /** Where the bundle is, relative to the page. */
  readonly bundle: string
}

const { bundle, ...model } = pageData<ExportedModel>()
const here = (path: string): URL => new URL(path, document.baseURI)
// `?device=wasm` and `?device=webgpu` are for comparing the two.
const device = (new URLSearchParams(location.search).get('device') ?? 'auto') as Device | 'auto'
const opening = openClassifier(here(bundle), { runtime: runtimeIn(here('ort/')), device })
const engine = byId('engine', HTMLElement)

startTry(async (image, { top, heatmap }) => {
  const classifier = await opening
  if (!heatmap) return { predictions: await classifier.classify(image, { top }) }
  const { predictions, heat } = await classifier.explain(image, { top })
  return { predictions, heatmap: heat }
}, model)
opening.then(
  classifier => (engine.textContent = sentenceOf(classifier)),
  error => (engine.textContent = [error.message, error.hint].filter(Boolean).join('. ')),
)

/** What computes, and why. */
function sentenceOf({ device, threads, note }: BrowserClassifier): string {
  if (device === 'webgpu') return 'Ready: WebGPU computes, on the graphics card.'
  const by = threads > 1 ? `WebAssembly on ${threads} threads` : 'WebAssembly'
  return note === null ? `Ready: ${by} computes.` : `Ready: ${by} computes, since ${note}.`
}
