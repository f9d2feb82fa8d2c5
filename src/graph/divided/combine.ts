/** One output of what the parts of a batch give. */
import type { Accumulate } from '../optimizers/accumulate.ts'
import { tensor } from '../tensor.ts'
import type { Tensor } from '../types.ts'
import type { Share } from './part.ts'

export type Reduction = 'mean' | 'sum'

/** What each part counts in a reduction. */
export function weightsOf(shares: readonly Share[], reduction: Reduction): number[] {
  const rows = shares.reduce((sum, share) => sum + share.rows, 0)
  return shares.map(share => (reduction === 'mean' ? share.rows / rows : 1))
}

/** Rows behind one another. */
export function joined(pieces: readonly Tensor[], into: Tensor | undefined): Tensor {
  const rows = pieces.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const length = pieces.reduce((sum, { data }) => sum + data.length, 0)
  const result = into ?? tensor('float32', [rows, ...pieces[0]!.shape.slice(1)], new Float32Array(length))
  let start = 0
  for (const { data } of pieces) {
    ;(result.data as Float32Array).set(data as Float32Array, start)
    start += data.length
  }
  return result
}

/** In the place of the first. */
export function reduced(pieces: readonly Tensor[], weights: readonly number[], adder: Accumulate): Tensor {
  const [sum, ...others] = pieces.map(({ data }) => data as Float32Array) as [Float32Array, ...Float32Array[]]
  others.forEach((piece, at) => {
    adder(sum, at === 0 ? weights[0]! : 1, piece, weights[at + 1]!)
  })
  return pieces[0]!
}
