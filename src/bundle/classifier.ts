/** What a user does with a bundle: load it, and ask it what is in a picture. */
import type { Source } from '../dataset/types.ts'
import type { Image, Preprocessing } from '../pipeline/types.ts'
import type { UserError } from '../util/errors.ts'
import type { BundleCard } from './card.ts'
import { outcomesOf, probabilitiesOf, squareOf } from './classify-all.ts'
import { type EngineOptions, openEngine } from './engine.ts'
import type { RejectFacts } from './facts.ts'
import type { ClassifierInput } from './inputs.ts'
import { type Bundle, loadBundle } from './load-bundle.ts'
import { type Outcome, type PredictOptions, predictSources } from './predict.ts'
import { type Prediction, topPredictions } from './ranking.ts'

export type LoadOptions = EngineOptions

export interface ClassifyOptions {
  /** How many classes to give, the most probable ones; default 5. */
  readonly top?: number | undefined
  /** Whether pictures that are like no training image are called unknown; default true, where the bundle can tell. */
  readonly reject?: boolean | undefined
}

/** What became of one of many pictures. */
export type Answer =
  | {
      readonly index: number
      readonly input: ClassifierInput
      readonly predictions: readonly Prediction[]
      /** Whether it is like no picture that the network was trained on: then the predictions mean little. */
      readonly unknown: boolean
      /** How unlike, 0 or more, where above `Classifier.reject.limit` is unknown; null where the bundle does not know. */
      readonly unfamiliarity: number | null
      readonly error: null
    }
  | {
      readonly index: number
      readonly input: ClassifierInput
      readonly predictions: null
      readonly error: UserError
    }

/** A model that is ready to classify. */
export interface Classifier {
  /** In the order of probabilities. */
  readonly classNames: readonly string[]
  readonly preprocessing: Preprocessing
  /** Where the model comes from, and its figures. */
  readonly card: BundleCard
  /** When a picture is called unknown, and how that was measured; null where the bundle refuses nothing. */
  readonly reject: RejectFacts | null
  /**
   * The most probable classes of one picture, the best first; each is marked `unknown` where the picture is like no
   * training image.
   *
   * @throws UserError `image` when the picture cannot be read
   * @throws TypeError or RangeError when the input is no picture at all
   */
  classify(input: ClassifierInput, options?: ClassifyOptions): Promise<Prediction[]>
  /**
   * The same for many pictures, in their order, decoding ahead on all cores. A picture that cannot be read gives its
   * error and stops nothing.
   *
   * @throws the signal's reason, when it is aborted
   */
  classifyAll(
    inputs: Iterable<ClassifierInput>,
    options?: ClassifyOptions & PredictOptions,
  ): AsyncGenerator<Answer, void, undefined>
  /** The probabilities of the sources of a dataset, zip entries included, in their order; as `classifyAll` otherwise. */
  predict(sources: Iterable<Source>, options?: PredictOptions): AsyncGenerator<Outcome, void, undefined>
  /** The probabilities of decoded RGB pictures of any sizes: one float32 [K] each, adding up to 1. */
  probabilities(images: readonly Image[], options?: Pick<PredictOptions, 'batch'>): Promise<Float32Array[]>
  /** Frees the network and ends the decode threads; nothing can be classified afterwards. */
  close(): Promise<void>
}

/**
 * Loads a model.
 *
 * @param model a run folder, a bundle's path or `file:` URL, or its bytes
 * @throws UserError `model` when there is none, or it cannot be used, `usage` for an option that cannot be used
 * @example
 * const classifier = await load('runs/cactus')
 * const [best] = await classifier.classify('photo.jpg') // { label: 'cactus', score: 0.998 }
 * await classifier.close()
 */
export async function load(model: string | URL | Uint8Array, options: LoadOptions = {}): Promise<Classifier> {
  return openClassifier(loadBundle(model), options)
}

/** A classifier of a bundle that is loaded already. Throws UserError `model` when the engine refuses it. */
export async function openClassifier(bundle: Bundle, options: LoadOptions = {}): Promise<Classifier> {
  const engine = await openEngine(bundle, options)
  const { classNames, preprocessing, card, reject: rejectFacts = null } = bundle.facts
  const best = (probabilities: Float32Array, unknown: boolean, top: number = 5): Prediction[] =>
    topPredictions(probabilities, classNames, top).map(prediction =>
      unknown ? { ...prediction, unknown } : prediction,
    )
  return {
    classNames,
    preprocessing,
    card,
    reject: rejectFacts,
    async classify(input, { top, reject = true } = {}) {
      const [judgement] = await engine.run(await squareOf(engine, input), 1)
      return best(judgement!.probabilities, reject && engine.isUnknown(judgement!), top)
    },
    async *classifyAll(inputs, { top, reject = true, ...options } = {}) {
      for await (const [input, outcome] of outcomesOf(engine, inputs, options)) {
        const { index, error } = outcome
        if (error !== null) yield { index, input, predictions: null, error }
        else {
          const { probabilities, unfamiliarity } = outcome
          const unknown = reject && outcome.unknown
          yield {
            index,
            input,
            predictions: best(probabilities, unknown, top),
            unknown,
            unfamiliarity,
            error,
          }
        }
      }
    },
    predict: (sources, predictOptions) => predictSources(engine, sources, predictOptions),
    probabilities: (images, predictOptions = {}) => probabilitiesOf(engine, images, predictOptions),
    close: () => engine.close(),
  }
}
