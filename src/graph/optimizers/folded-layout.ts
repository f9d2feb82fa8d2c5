/**
 * An optimizer's rule over a kernel [M, ...] and its channels' gamma and beta, given gradients of what they are folded
 * into: row by row, so that the weights pass through the processor's cache once. The layout of the compiled form and
 * of the plain one, which give the same bits.
 */
import type { WasmMemory } from '../../util/webassembly.ts'
import { type KernelSource, mul, operands } from './kernel.ts'

/**
 * Where the arrays lie, as byte offsets: the first three in the region of the parameters, with their gradients and
 * moments at the same distance in the later regions; each of the others holds a number a channel, but the kernel.
 */
export interface FoldedRows {
  readonly kernel: number
  readonly gamma: number
  readonly beta: number
  readonly foldedKernel: number
  readonly foldedBias: number
  readonly mean: number
  /** sqrt(variance + epsilon); not 0 behind the last channel either, up to a multiple of 4 */
  readonly deviation: number
  /** gamma / deviation, as it was before the last update and as it is. */
  readonly scaleBefore: number
  readonly scaleAfter: number
  /** Room for products of rows with their gradients, for four channels more than there are. */
  readonly products: number
  readonly channels: number
  /** Numbers of the kernel for each channel. */
  readonly width: number
}

/** The rule's scalars for each parameter. */
export interface FoldedScalars {
  readonly kernel: readonly number[]
  readonly gamma: readonly number[]
  readonly beta: readonly number[]
}

export interface FoldedKernel {
  /**
   * For each channel, with G the gradient of its row W of the folded kernel, and s = gamma / deviation:
   *
   * - gamma's gradient is (W.G - mean * beta's gradient) / deviation;
   * - the row's gradient is G s, beta's is that of the folded bias;
   * - gamma and beta move by the rule, then the row; then all is folded as `fold` does.
   *
   * Gradients of gammas are written; G stays as it is. W.G is summed in four
   * lanes, element i in lane i mod 4; then the lanes in order; then what is left over behind the last four, in order.
   */
  update(rows: FoldedRows, scalars: FoldedScalars): void
  /** folded kernel = kernel * s, folded bias = beta - mean * s */
  fold(rows: FoldedRows): void
}

/** @param regions bytes between one region and the next */
export type MakeFoldedKernel = (source: KernelSource, memory: WasmMemory, regions: number) => FoldedKernel

/** The rule for an element of a row: two more scalars, s before and after, and one more array, the folded kernel. */
export function rowSource({ arrays, scalars, assignments }: KernelSource): KernelSource {
  const all = operands(arrays + 1, scalars + 2)
  const [before, after] = all.scalars.slice(scalars) as [never, never]
  const [parameter, gradient] = all.arrays as [never, never]
  return {
    arrays: arrays + 1,
    scalars: scalars + 2,
    assignments: [
      { array: 1, value: mul(gradient, before) },
      ...assignments,
      { array: arrays, value: mul(parameter, after) },
    ],
  }
}
