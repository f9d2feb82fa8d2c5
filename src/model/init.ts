/** Initial weights: of a new head, and of a network that is trained from nothing. */
import { elementCount } from '../graph/dims.ts'
import { tensor } from '../graph/tensor.ts'
import type { Tensor, ValueInfo } from '../graph/types.ts'
import { randomOf } from '../util/random.ts'

/**
 * A new weight, by its name and shape, as Keras initialises it: kernels by Glorot and Bengio 2010 (uniform within
 * sqrt(6 / (fan in + fan out))), gamma and moving variance 1, all else 0. Equal seeds give equal weights.
 */
export function initialWeight({ name, shape }: Pick<ValueInfo, 'name' | 'shape'>, seed: number): Tensor {
  const dims = shape as readonly number[]
  const data = new Float32Array(elementCount(dims))
  if (name.endsWith('/gamma') || name.endsWith('/moving_variance')) data.fill(1)
  if (name.endsWith('kernel')) fillGlorot(data, dims, seed, name)
  return tensor('float32', dims, data)
}

function fillGlorot(data: Float32Array, shape: readonly number[], seed: number, name: string): void {
  const random = randomOf(seed, 'initial', name)
  const [first, second, ...window] = shape as [number, number, ...number[]]
  const limit = Math.sqrt(6 / ((first + second) * elementCount(window)))
  for (let at = 0; at < data.length; at++) data[at] = (2 * random.next() - 1) * limit
}
