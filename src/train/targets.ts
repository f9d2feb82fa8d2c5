/** What the loss compares logits with: target rows and example weights. */
import type { Example } from '../dataset/types.ts'
import type { Activation } from '../model/head.ts'
import { UserError } from '../util/errors.ts'
import type { ClassWeights } from './types.ts'

/**
 * Writes an example's target: [1] for a sigmoid, the probability of class 1; [K] for softmax. Smoothing moves
 * targets towards 1/2 or 1/K, as in Keras.
 */
export function writeTarget(
  out: Float32Array,
  row: number,
  label: number,
  { activation, logits, smoothing }: { activation: Activation; logits: number; smoothing: number },
): void {
  if (activation === 'sigmoid') {
    out[row] = label * (1 - smoothing) + smoothing / 2
    return
  }
  const start = row * logits
  out.fill(smoothing / logits, start, start + logits)
  out[start + label]! += 1 - smoothing
}

/**
 * A weight for each class. `balanced` gives n / (K n_k), so that all classes weigh the same in sum, as in
 * scikit-learn.
 *
 * @throws UserError `usage` when a weight names an unknown class or is no positive number
 */
export function classWeightsOf(
  classWeights: ClassWeights,
  classNames: readonly string[],
  train: readonly Example[],
): Float64Array {
  const counts = new Float64Array(classNames.length)
  for (const { label } of train) counts[label!]!++
  if (classWeights === 'none') return new Float64Array(classNames.length).fill(1)
  if (classWeights === 'balanced')
    return counts.map(count => train.length / (classNames.length * Math.max(1, count)))
  for (const [name, weight] of Object.entries(classWeights)) {
    if (!classNames.includes(name)) {
      throw new UserError('usage', `A class weight names "${name}", which is no class of the dataset`, {
        hint: `the classes are ${classNames.slice(0, 10).join(', ')}`,
      })
    }
    if (!(weight > 0))
      throw new UserError('usage', `The weight of class "${name}" must be above 0. Received: ${weight}`)
  }
  const weights = new Map(Object.entries(classWeights))
  return Float64Array.from(classNames, name => weights.get(name) ?? 1)
}
