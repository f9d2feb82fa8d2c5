/** What a bundle takes for familiar: the space in which the features of its training images lie. */
import type { GraphBuilder } from '../graph/builder.ts'
import { tensor } from '../graph/tensor.ts'
import type { RejectFacts } from './facts.ts'

/** An affine space of R dimensions among the square roots of C pooled features. */
export interface Familiar {
  /** [C] */
  readonly mean: Float32Array
  /** [C, R], row by row; its columns are orthonormal. */
  readonly basis: Float32Array
  /** The sum of features below which a picture counts as quiet, above 0. */
  readonly activity: number
  /** The distance from the space that counts as 1, above 0. */
  readonly unit: number
  /** What the bundle says of it. */
  readonly facts: RejectFacts
}

/** Of no features at all, the share of the activity that still counts. */
export const leastActivity = 1e-6

/**
 * Adds the output `unfamiliarity`, float32 [N]: the distance of a picture's features from the familiar space, in units.
 *
 * The residual of ViM (Wang et al. 2022, section 3.2), on square roots, which tame the few channels that fire hard. What
 * excites few channels, such as a blank, has small features and so is never far from anything: the distance of a quiet
 * picture is measured by the length of its features.
 *
 * @param pooled float32 [N, C], each 0 or more
 */
export function addUnfamiliarity(
  g: GraphBuilder,
  pooled: string,
  { mean, basis, activity, unit }: Familiar,
  output: string,
): string {
  const channels = mean.length
  const centre = g.initializer('familiar/mean', tensor('float32', [channels], mean))
  const axes = g.initializer('familiar/basis', tensor('float32', [channels, basis.length / channels], basis))
  const centred = g.add('Sub', [g.add('Sqrt', [pooled]), centre], {}, 'familiar/centred')
  const inside = g.add('Gemm', [centred, axes], {}, 'familiar/inside') // [N, C] -> [N, R]
  const back = g.add('Gemm', [inside, axes], { transB: 1 }, 'familiar/back') // [N, R] -> [N, C]
  const residual = g.add('Sub', [centred, back], {}, 'familiar/residual')
  const squares = g.add('Mul', [residual, residual], {}, 'familiar/squares')
  const channel = g.constant('int64', [1], [1])
  const sum = g.add('ReduceSum', [squares, channel], { keepdims: 0 }, 'familiar/sum')
  const active = g.add('ReduceSum', [pooled, channel], { keepdims: 0 }, 'familiar/active')
  const usual = g.initializer('familiar/activity', tensor('float32', [], Float32Array.of(activity)))
  const [least, most] = [leastActivity, 1].map(share => g.constant('float32', [], [share]))
  const share = g.add('Clip', [g.add('Div', [active, usual]), least!, most!], {}, 'familiar/share')
  const distance = g.add('Sqrt', [g.add('Div', [sum, share])], {}, 'familiar/distance')
  const one = g.initializer('familiar/unit', tensor('float32', [], Float32Array.of(unit)))
  return g.add('Div', [distance, one], {}, output)
}
