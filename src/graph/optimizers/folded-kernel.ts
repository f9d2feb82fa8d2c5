/**
 * An optimizer's rule over a kernel [M, ...] and its channels' gamma and beta, given gradients of what they are folded
 * into: row by row, so that the weights pass through the processor's cache once. The layout of the compiled form and
 * of the plain one, which give the same bits.
 */
import { type WasmMemory, webAssembly } from '../../util/webassembly.ts'
import { foldedModule } from './folded-module.ts'
import { evaluate, type KernelSource, mul, operands } from './kernel.ts'

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

/** The kernel over a memory: compiled where the engine has WebAssembly SIMD, else plain. */
export const foldedKernel: MakeFoldedKernel = (source, memory, regions) => {
  const bytes = foldedModule(source, rowSource(source), regions)
  if (!webAssembly.validate(bytes)) return plainFoldedKernel(source, memory, regions)
  const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), { graft: { memory } })
  const { update, fold } = exports as Record<string, (...values: number[]) => void>
  const lengths = (width: number): number[] => [width * 4, width >> 2, width & 3]
  /** Channels in fours, then those that are left, as a group of fewer rows. */
  const inGroups = (rows: FoldedRows, run: (...values: number[]) => void): void => {
    const [groups, rest] = [rows.channels >> 2, rows.channels & 3]
    if (groups > 0) run(...offsetsOf(rows, 0), groups, 4, ...lengths(rows.width))
    if (rest > 0) run(...offsetsOf(rows, groups * 4), 1, rest, ...lengths(rows.width))
  }
  return {
    update(rows, { kernel, gamma, beta }) {
      inGroups(rows, (...values) => update!(...values, ...kernel, ...gamma, ...beta))
    },
    fold: rows => inGroups(rows, fold!),
  }
}

/** In the order of the compiled functions' parameters, from a channel on. */
function offsetsOf(rows: FoldedRows, from: number): number[] {
  const { gamma, beta, foldedBias, mean, deviation, scaleBefore, scaleAfter, products } = rows
  const ofRows = [rows.kernel, rows.foldedKernel]
  const ofChannels = [gamma, beta, foldedBias, mean, deviation, scaleBefore, scaleAfter, products]
  return [
    ...ofRows.map(offset => offset + from * rows.width * 4),
    ...ofChannels.map(offset => offset + from * 4),
  ]
}

/** The rule for an element of a row: two more scalars, s before and after, and one more array, the folded kernel. */
function rowSource({ arrays, scalars, assignments }: KernelSource): KernelSource {
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

/** The kernel in JavaScript, every operation rounded to float32. */
export const plainFoldedKernel: MakeFoldedKernel = (source, memory, regions) => {
  const round = Math.fround
  const values = new Float32Array(memory.buffer)
  const apply = (
    { assignments }: KernelSource,
    places: readonly number[],
    scalars: readonly number[],
  ): void => {
    for (const { array, value } of assignments)
      values[places[array]!] = evaluate(value, index => values[places[index]!]!, scalars)
  }
  /** Of an element in every region. */
  const placesOf = (offset: number): number[] =>
    Array.from({ length: source.arrays }, (_, region) => (offset + region * regions) / 4)
  const foldBias = (rows: FoldedRows, row: number): number => {
    const scale = round(values[rows.gamma / 4 + row]! / values[rows.deviation / 4 + row]!)
    const moved = round(values[rows.mean / 4 + row]! * scale)
    values[rows.scaleAfter / 4 + row] = scale
    values[rows.foldedBias / 4 + row] = values[rows.beta / 4 + row]! - moved
    return scale
  }
  return {
    update(rows, { kernel, gamma, beta }) {
      const [kernelScalars, gammaScalars, betaScalars] = [kernel, gamma, beta].map(all => all.map(round))
      for (let row = 0; row < rows.channels; row++) {
        const before = round(values[rows.gamma / 4 + row]! / values[rows.deviation / 4 + row]!)
        values[rows.scaleBefore / 4 + row] = before
        const [ofGamma, ofBeta] = [placesOf(rows.gamma + row * 4), placesOf(rows.beta + row * 4)]
        const start = rows.kernel + row * rows.width * 4
        const product = dotProduct(values, start / 4, (start + regions) / 4, rows.width)
        const moved = round(values[rows.mean / 4 + row]! * values[ofBeta[1]!]!)
        values[ofGamma[1]!] = round(product - moved) / values[rows.deviation / 4 + row]!
        apply(source, ofGamma, gammaScalars!)
        apply(source, ofBeta, betaScalars!)
        const after = foldBias(rows, row)
        for (let at = 0; at < rows.width; at++) {
          const folded = rows.foldedKernel / 4 + row * rows.width + at
          const places = [...placesOf(start + at * 4), folded]
          const gradient = values[places[1]!]!
          apply(rowSource(source), places, [...kernelScalars!, before, after])
          values[places[1]!] = gradient
        }
      }
    },
    fold(rows) {
      for (let row = 0; row < rows.channels; row++) {
        const scale = foldBias(rows, row)
        for (let at = row * rows.width; at < (row + 1) * rows.width; at++)
          values[rows.foldedKernel / 4 + at] = values[rows.kernel / 4 + at]! * scale
      }
    },
  }
}

/** In the order that {@link FoldedKernel.update} says. */
function dotProduct(values: Float32Array, a: number, b: number, width: number): number {
  const round = Math.fround
  const sums = new Float32Array(4)
  const fours = width & ~3
  const add = (lane: number, at: number): void => {
    sums[lane] = sums[lane]! + round(values[a + at]! * values[b + at]!)
  }
  for (let at = 0; at < fours; at++) add(at & 3, at)
  for (const lane of [1, 2, 3]) sums[0] = sums[0]! + sums[lane]!
  for (let at = fours; at < width; at++) add(0, at)
  return sums[0]!
}
