/** A folded kernel, compiled where it can be. */
import { webAssembly } from '../../util/webassembly.ts'
import { type FoldedRows, type MakeFoldedKernel, rowSource } from './folded-layout.ts'
import { foldedModule } from './folded-module.ts'
import { plainFoldedKernel } from './folded-plain.ts'

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
