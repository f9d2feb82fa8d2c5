/** A folded kernel in JavaScript, every operation rounded to float32. */
import { type FoldedRows, type MakeFoldedKernel, rowSource } from './folded-layout.ts'
import { evaluate, type KernelSource } from './kernel.ts'

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
