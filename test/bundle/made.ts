/** Bundles that the tests make: small random networks, and the real backbone with a made head. */
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import type { BundleCard } from '../../src/bundle/card.ts'
import type { BundleParts } from '../../src/bundle/parts.ts'
import { elementCount } from '../../src/graph/dims.ts'
import { tensor } from '../../src/graph/tensor.ts'
import type { Tensor } from '../../src/graph/types.ts'
import { headNames, logitCount } from '../../src/model/head.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import type { Backbone } from '../../src/model/types.ts'
import { matchWeights } from '../../src/model/weights/match.ts'
import { readWeights } from '../../src/model/weights/read.ts'
import { randomOf } from '../../src/util/random.ts'

export const card: BundleCard = {
  createdBy: 'graft 0.0.0',
  createdAt: null,
  backbone: { name: 'MobileNetV2', source: 'random numbers', licence: 'CC0-1.0' },
  data: { name: 'nothing', fingerprint: 'abc', train: 2, validation: 1, test: 0 },
  training: { recipe: 'none', seed: 1, epoch: 0 },
  figures: {
    validation: { examples: 1, accuracy: 1, loss: 0.5, macroF1: 1, rocAuc: null },
    test: null,
  },
}

/** Weights whose activations keep about the size that they have in trained networks. */
function randomWeight(name: string, shape: readonly number[]): Tensor {
  const random = randomOf(7, name)
  const isKernel = name.endsWith('kernel')
  const scale = isKernel
    ? Math.sqrt(2 / elementCount(shape.length === 2 ? [shape[0]!] : shape.slice(1)))
    : 0.1
  const centre = /gamma|variance/.test(name) ? 1 : 0
  const numbers = Array.from({ length: elementCount(shape) }, () => {
    const value = random.normal() * scale
    return centre + (centre > 0 ? Math.abs(value) : value)
  })
  return tensor('float32', shape, Float32Array.from(numbers))
}

export function randomWeights(backbone: Backbone, logits: number): Map<string, Tensor> {
  const shapes = new Map(
    backbone.graph.inputs
      .filter(({ name }) => name !== backbone.input)
      .map(({ name, shape }) => [name, shape as readonly number[]]),
  )
  const channels = backbone.graph.values.get(backbone.output)!.shape[1] as number
  shapes.set(headNames.kernel, [channels, logits]).set(headNames.bias, [logits])
  return new Map([...shapes].map(([name, shape]) => [name, randomWeight(name, shape)]))
}

/** A tiny random MobileNetV2 of 32 pixels, for three classes unless told otherwise. */
export function tinyParts(changes: Partial<BundleParts> = {}): BundleParts {
  const classNames = changes.classNames ?? ['ant', 'bee', 'cactus']
  const head = changes.head ?? { pooling: 'average', activation: 'softmax', classes: classNames.length }
  const preprocessing = changes.preprocessing ?? { size: 32, fit: 'squash', background: [255, 255, 255] }
  const backbone = mobilenetV2({ alpha: 0.1, size: preprocessing.size })
  const weights = randomWeights(backbone, logitCount(head))
  return { backbone, weights, head, preprocessing, classNames, card, ...changes }
}

const narrow = '../shared/weights/mobilenet_v2_035_224'

/** The ImageNet backbone of alpha 0.35 with a made head; undefined, and the test skipped, where its weights are absent. */
export async function realParts(context: TestContext, size: number): Promise<BundleParts | undefined> {
  if (!existsSync(narrow)) {
    context.skip(`no ${narrow}`)
    return undefined
  }
  const backbone = mobilenetV2({ alpha: 0.35, size })
  const expected = new Map(
    backbone.graph.inputs
      .filter(({ name }) => name !== backbone.input)
      .map(({ name, shape }) => [name, { shape: shape as readonly number[] }]),
  )
  const { tensors } = matchWeights(expected, await readWeights(narrow))
  const made = randomWeights(backbone, 3)
  const head = [headNames.kernel, headNames.bias].map(name => [name, made.get(name)!] as const)
  return tinyParts({
    backbone,
    weights: new Map([...tensors, ...head]),
    preprocessing: { size, fit: 'squash', background: [255, 255, 255] },
  })
}
