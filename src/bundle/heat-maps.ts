/** What a bundle's network looked at, for people: heat maps of pictures, in Node. */
import { writeOnnx } from '../graph/onnx/write.ts'
import { openSession, type Session } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { pixelBytes } from '../pipeline/decode-source.ts'
import { messageOf, UserError } from '../util/errors.ts'
import { bundleNames } from './bundle-graph.ts'
import { squareOf } from './classify-all.ts'
import type { EngineOptions } from './engine.ts'
import type { HeatMap } from './heat-colour.ts'
import { choiceRows, explainedGraph, heatNames } from './heat-graph.ts'
import type { ClassifierInput } from './inputs.ts'
import { type Bundle, loadBundle } from './load-bundle.ts'

/** What became of one picture: probabilities, float32 [K], and the heat map of the class that was asked about. */
export interface Explanation {
  readonly probabilities: Float32Array
  readonly heat: HeatMap
}

/** A bundle that says what it looked at. */
export interface Explainer {
  /**
   * Explains pictures that are squares already.
   *
   * @param pixels uint8 RGB [n, size, size, 3]
   * @param classes the class to ask about for each picture; null, or absent, asks about the most probable one
   * @throws RangeError when a class is not in 0..K-1, UserError `model` when the network fails
   */
  run(pixels: Uint8Array, classes?: readonly (number | null)[]): Promise<Explanation[]>
  close(): Promise<void>
}

/** @throws UserError `model` when the bundle's network cannot be explained, or the engine refuses it */
export async function openExplainer(
  bundle: Bundle,
  { threads = 1 }: Pick<EngineOptions, 'threads'> = {},
): Promise<Explainer> {
  const session = await openSession(explainedGraph(bundle), { threads })
  return {
    run: (pixels, classes = []) => explain(session, bundle, pixels, classes),
    close: () => session.close(),
  }
}

/**
 * Heat maps of pictures of any kind, in their order, in batches that one pass of the network takes.
 *
 * @param model as for `load`
 * @param options `classes`: as for `Explainer.run`
 * @throws UserError `image` for the first picture that cannot be read, `model` when the bundle cannot be used
 */
export async function heatMaps(
  model: string | URL | Uint8Array,
  inputs: readonly ClassifierInput[],
  options: Pick<EngineOptions, 'threads' | 'limits'> & { readonly classes?: readonly (number | null)[] } = {},
): Promise<Explanation[]> {
  const bundle = loadBundle(model)
  const { limits = {}, classes = [] } = options
  const explainer = await openExplainer(bundle, options)
  const { preprocessing } = bundle.facts
  try {
    const explanations: Explanation[] = []
    for (let at = 0; at < inputs.length; at += batch) {
      const some = inputs.slice(at, at + batch)
      const squares = await Promise.all(some.map(input => squareOf({ preprocessing, limits }, input)))
      explanations.push(...(await explainer.run(Buffer.concat(squares), classes.slice(at, at + batch))))
    }
    return explanations
  } finally {
    await explainer.close()
  }
}

const batch = 16

/**
 * A bundle's network with the heat map as one more output, as an ONNX file for any engine; see `heatNames`.
 *
 * @param model as for `load`
 * @throws UserError `model` when the bundle cannot be used
 */
export function heatMapModel(model: string | URL | Uint8Array): Uint8Array {
  return writeOnnx(explainedGraph(loadBundle(model)))
}

async function explain(
  session: Session,
  { facts, name }: Bundle,
  pixels: Uint8Array,
  classes: readonly (number | null)[],
): Promise<Explanation[]> {
  const { size } = facts.preprocessing
  const count = pixels.length / pixelBytes(facts.preprocessing)
  if (count === 0) return []
  const known = facts.classNames.length
  const feeds = {
    [bundleNames.input]: tensor('uint8', [count, size, size, 3], pixels),
    [heatNames.choice]: tensor('float32', [count, known], choiceRows(classes, count, known)),
  }
  try {
    const { [bundleNames.output]: probabilities, [heatNames.heat]: heat } = await session.run(feeds)
    const [, rows, columns] = heat!.shape as [number, number, number]
    const rowOf = (data: unknown, row: number, length: number): Float32Array =>
      (data as Float32Array).slice(row * length, (row + 1) * length)
    return Array.from({ length: count }, (_, row) => ({
      probabilities: rowOf(probabilities!.data, row, known),
      heat: { rows, columns, values: rowOf(heat!.data, row, rows * columns) },
    }))
  } catch (cause) {
    throw new UserError('model', `Cannot run "${name}": ${messageOf(cause)}`, { cause })
  }
}
