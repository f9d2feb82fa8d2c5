/** Which pretrained weights a training starts from: the user's, or the publisher's for the asked width and size. */
import { isAbsolute, resolve } from 'node:path'
import { alphaOf, canonicalWeights } from '../model/weights/canonical.ts'
import { fetchPublished, weightsCache } from '../model/weights/published.ts'
import { readWeights } from '../model/weights/read.ts'
import { publishedFor } from '../model/weights/registry.ts'
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

const defaultAlpha = 0.35

/**
 * The weights to start from, and the width that they have.
 *
 * @throws UserError `weights` when they cannot be read or have another width than the one asked for
 */
export async function chooseWeights({ weights, alpha }: TrainOptions, size: number): Promise<ChosenWeights> {
  if (weights === randomWeights) {
    const width = alpha ?? defaultAlpha
    return {
      path: randomWeights,
      alpha: width,
      backbone: describe(width, 'random initial weights', 'Apache-2.0'),
    }
  }
  if (weights === undefined) return published(alpha ?? defaultAlpha, size)
  const path = isAbsolute(weights) ? weights : resolve(weights)
  const found = alphaOf(canonicalWeights(await readWeights(weights)))
  if (found === null) {
    throw new UserError('weights', `The weights in "${weights}" are not those of a MobileNetV2`, {
      hint: 'give weights of a MobileNetV2 in the format of Keras, TensorFlow.js, safetensors or ONNX',
    })
  }
  if (alpha !== undefined && alpha !== found) {
    throw new UserError('weights', `The weights in "${weights}" have alpha ${found}, asked for is ${alpha}`, {
      hint: `pass --alpha ${found}, or leave it out`,
    })
  }
  return { path, alpha: found, backbone: describe(found, weights, 'that of the given weights') }
}

async function published(alpha: number, size: number): Promise<ChosenWeights> {
  const entry = publishedFor(alpha, size)
  const { weights } = await fetchPublished(entry, { folder: weightsCache(process.env) })
  return { path: weights.path, alpha, backbone: describe(alpha, entry.url, 'Apache-2.0') }
}

function describe(alpha: number, source: string, licence: string): ChosenWeights['backbone'] {
  return { name: `MobileNetV2, alpha ${alpha}`, source, licence }
}
