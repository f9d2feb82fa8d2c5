/** A student's numbers lie flat in memory: how they are named, gathered and averaged. */
import { gradientName } from '../graph/gradients/index.ts'
import type { Optimizer } from '../graph/optimizers/index.ts'
import { tensor } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'

/** Views by name into flat memory. */
interface NamedViews {
  /** Of a region that holds trained weights. */
  weights(region: Float32Array): Record<string, Tensor>
  /** Of a region that holds buffers. */
  buffers(region: Float32Array): Record<string, Tensor>
  /** Where a step writes its gradients. */
  readonly gradients: Record<string, Tensor>
}

/** @param buffers names and shapes, in the order in which they lie */
export function namedViews(
  { flat }: Optimizer,
  buffers: readonly (readonly [string, readonly number[]])[],
): NamedViews {
  const weights = (region: Float32Array): Record<string, Tensor> =>
    Object.fromEntries(
      flat.slots.map(({ name, shape, start, count }) => [
        name,
        tensor('float32', shape, region.subarray(start, start + count)),
      ]),
    )
  const statistics = (region: Float32Array): Record<string, Tensor> => {
    let start = 0
    return Object.fromEntries(
      buffers.map(([name, shape]) => {
        const view = tensor('float32', shape, region.subarray(start, start + shape[0]!))
        start += shape[0]!
        return [name, view]
      }),
    )
  }
  const gradients = Object.fromEntries(
    [...flat.gradients].map(([name, value]) => [gradientName(name), value]),
  )
  return { weights, buffers: statistics, gradients }
}

/** One after the other. */
export function flatBuffers(tensors: readonly Tensor[]): Float32Array {
  const length = tensors.reduce((sum, { data }) => sum + data.length, 0)
  const result = new Float32Array(length)
  let start = 0
  for (const { data } of tensors) {
    result.set(data as Float32Array, start)
    start += data.length
  }
  return result
}

/** values = decay * values + (1 - decay) * news, where the news come in pieces. */
export function follow(values: Float32Array, news: readonly Float32Array[], decay: number): void {
  let at = 0
  const gain = 1 - decay
  for (const piece of news) {
    for (let from = 0; from < piece.length; from++, at++) values[at]! += gain * (piece[from]! - values[at]!)
  }
}
