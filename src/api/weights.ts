/** Which pretrained weights a training starts from: the user's, the embedded ones, or the publisher's for the width. */
import { isAbsolute, resolve } from 'node:path'
import { embeddedBackbone } from '../model/embedded/backbone.ts'
import { alphaOf, canonicalWeights } from '../model/weights/canonical.ts'
import { type FetchPublished, fetchPublished, weightsCache } from '../model/weights/published.ts'
import { readWeights } from '../model/weights/read.ts'
import { type PublishedWeights, published, publishedFor } from '../model/weights/registry.ts'
import type { TrainOptions } from '../train/options.ts'
import { randomWeights } from '../train/weights.ts'
import { UserError } from '../util/errors.ts'

export interface ChosenWeights {
  /** A path, or `random`. */
  readonly path: string
  readonly alpha: number
  /** For the model card. */
  readonly backbone: { readonly name: string; readonly source: string; readonly licence: string }
}

/** How a download is watched and stopped. */
export type Downloading = Pick<FetchPublished, 'signal' | 'onProgress'>

/**
 * The weights to start from, and the width that they have: a file, `random` ones, published ones by their id, or, where
 * none are named, those that come with the package; where another width is asked for, published ones of that width.
 *
 * @throws UserError `weights` when they cannot be read or have another width than the one asked for; `network` when
 *   published ones cannot be had, `aborted` when their download was stopped
 */
export async function chooseWeights(
  { weights, alpha }: TrainOptions,
  size: number,
  downloading: Downloading = {},
): Promise<ChosenWeights> {
  const own = embeddedBackbone()
  if (weights === randomWeights) {
    const width = alpha ?? own.alpha
    return {
      path: randomWeights,
      alpha: width,
      backbone: describe(width, 'random initial weights', 'Apache-2.0'),
    }
  }
  if (isEmbeddedMeant({ weights, alpha })) {
    requireAlpha(own.id, own.alpha, alpha)
    return { path: own.path, alpha: own.alpha, backbone: describe(own.alpha, own.source, own.licence) }
  }
  if (weights === undefined) return fetched(publishedFor(alpha!, size), downloading)
  const entry = published.find(({ id }) => id === weights)
  if (entry !== undefined) {
    requireAlpha(weights, entry.alpha, alpha)
    return fetched(entry, downloading)
  }
  const path = isAbsolute(weights) ? weights : resolve(weights)
  const found = alphaOf(canonicalWeights(await readWeights(weights)))
  if (found === null) {
    throw new UserError('weights', `The weights in "${weights}" are not those of a MobileNetV2`, {
      hint: 'give weights of a MobileNetV2 in the format of Keras, TensorFlow.js, safetensors or ONNX',
    })
  }
  requireAlpha(weights, found, alpha)
  return { path, alpha: found, backbone: describe(found, weights, 'that of the given weights') }
}

/** Whether a training with these options starts from the weights that come with the package. */
export function isEmbeddedMeant({ weights, alpha }: Pick<TrainOptions, 'weights' | 'alpha'>): boolean {
  const own = embeddedBackbone()
  return weights === own.id || (weights === undefined && (alpha ?? own.alpha) === own.alpha)
}

async function fetched(entry: PublishedWeights, downloading: Downloading): Promise<ChosenWeights> {
  const { weights } = await fetchPublished(entry, { ...downloading, folder: weightsCache(process.env) })
  return { path: weights.path, alpha: entry.alpha, backbone: describe(entry.alpha, entry.url, entry.license) }
}

function requireAlpha(weights: string, found: number, asked: number | undefined): void {
  if (asked === undefined || asked === found) return
  throw new UserError('weights', `The weights in "${weights}" have alpha ${found}, asked for is ${asked}`, {
    hint: `pass --alpha ${found}, or leave it out`,
  })
}

function describe(alpha: number, source: string, licence: string): ChosenWeights['backbone'] {
  return { name: `MobileNetV2, alpha ${alpha}`, source, licence }
}
