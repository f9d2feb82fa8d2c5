/** Gradients of parts of a batch, added up. */
import { type FlatParameters, scratchLength } from './flat.ts'
import { add, compileKernel, type KernelSource, mul, operands } from './kernel.ts'

/** `sum = scale * sum + weight * piece`, elementwise, in place, each operation rounded to float32. */
export type Accumulate = (sum: Float32Array, scale: number, piece: Float32Array, weight: number) => void

/** In JavaScript. */
export const accumulate: Accumulate = (sum, scale, piece, weight) => {
  const [s, w] = [Math.fround(scale), Math.fround(weight)]
  for (let at = 0; at < sum.length; at++) sum[at] = Math.fround(s * sum[at]!) + Math.fround(w * piece[at]!)
}

/** Four times as quick where the sum lies in an optimizer's memory, as gradients do; the same bits. */
export function accumulatorOver({ memory, scratch }: FlatParameters): Accumulate {
  const run = compileKernel(source, memory)
  const copy = new Float32Array(memory.buffer, scratch, scratchLength)
  return (sum, scale, piece, weight) => {
    if (sum.buffer !== memory.buffer) return accumulate(sum, scale, piece, weight)
    for (let from = 0; from < sum.length; from += scratchLength) {
      const some = piece.subarray(from, from + scratchLength)
      const count = Math.ceil(some.length / 4) * 4
      copy.set(some)
      copy.fill(0, some.length, count)
      run([sum.byteOffset + from * 4, scratch], count, [scale, weight])
    }
  }
}

const source = ((): KernelSource => {
  const { arrays, scalars } = operands(2, 2)
  const [sum, piece, scale, weight] = [arrays[0]!, arrays[1]!, scalars[0]!, scalars[1]!]
  const assignments = [{ array: 0, value: add(mul(scale, sum), mul(weight, piece)) }]
  return { arrays: 2, scalars: 2, assignments }
})()
