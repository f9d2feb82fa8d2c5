/** Batch normalization put back into weights that were exported with it folded into the convolutions. */
import { tensor } from '../../graph/tensor.ts'
import type { Tensor } from '../../graph/types.ts'
import type { CanonicalWeights } from './canonical.ts'

/** Keras' epsilon in every batch normalization of MobileNetV2. */
export const batchNormEpsilon = 1e-3

/**
 * The name of the batch normalization after a convolution of MobileNetV2, as Keras names it.
 *
 * @example batchNormOf('Conv1') // 'bn_Conv1'
 * @example batchNormOf('block_3_expand') // 'block_3_expand_BN'
 */
export function batchNormOf(convolution: string): string {
  if (convolution === 'Conv1') return 'bn_Conv1'
  return convolution === 'Conv_1' ? 'Conv_1_bn' : `${convolution}_BN`
}

/**
 * Weights in which each convolution's bias has become a batch normalization that adds it and changes nothing else:
 * gamma 1, beta the bias, moving mean 0, moving variance 1 - epsilon, so that 1 / sqrt(variance + epsilon) is exactly 1.
 *
 * Only batch normalizations that are expected and absent are made; a convolution that keeps its bias keeps it.
 *
 * @param isExpected whether the model has a weight of this canonical name
 */
export function withBatchNorm(
  weights: CanonicalWeights,
  isExpected: (name: string) => boolean,
): CanonicalWeights {
  const result = new Map(weights)
  for (const [name, bias] of weights) {
    if (!name.endsWith('/bias') || isExpected(name)) continue
    const norm = batchNormOf(name.slice(0, -'/bias'.length))
    if (!isExpected(`${norm}/beta`) || weights.has(`${norm}/beta`)) continue
    result.delete(name)
    for (const [variable, value] of unitBatchNorm(bias)) result.set(`${norm}/${variable}`, value)
  }
  return result
}

function unitBatchNorm(bias: Tensor): [string, Tensor][] {
  const filled = (value: number): Tensor =>
    tensor('float32', bias.shape, new Float32Array(bias.data.length).fill(value))
  return [
    ['gamma', filled(1)],
    ['beta', bias],
    ['moving_mean', filled(0)],
    ['moving_variance', filled(1 - batchNormEpsilon)],
  ]
}
