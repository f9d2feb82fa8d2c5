/** The WebAssembly of a folded kernel. */
import {
  advance,
  assemble,
  type Code,
  f32x4,
  i32,
  v128,
  valueType,
  variables,
  type WasmFunction,
} from '../../util/webassembly.ts'
import { counters, eachGroup, eachRow, foldBias, given, type Local } from './folded-loops.ts'
import { alongRow, four, type Named, one, productFunction, rowFunction, scalarNames } from './folded-row.ts'
import { update } from './folded-update.ts'
import type { KernelSource } from './kernel.ts'

/**
 * A module with `update` and `fold`. Both take the offsets and lengths; `update` then the rule's scalars for kernel,
 * gamma and beta.
 *
 * @param rule for an element of gamma or beta
 * @param row for an element of a kernel's row: one more array, the folded kernel; two more scalars, s before and after
 * @param regions bytes between one region and the next
 */
export function foldedModule(rule: KernelSource, row: KernelSource, regions: number): Uint8Array {
  const scalars = ['kernel', 'gamma', 'beta'].flatMap(of => scalarNames(of, rule))
  const made = (
    name: string,
    floats: readonly string[],
    body: (local: Local & Named) => Code[],
  ): WasmFunction => ({
    name,
    parameters: [...given.map(() => valueType.i32), ...floats.map(() => valueType.f32)],
    locals: [...counters.map(() => valueType.i32), valueType.v128],
    body: body(variables(...given, ...floats, ...counters, 'scale') as Local & Named),
  })
  const functions = [
    productFunction(regions),
    rowFunction(row, regions),
    made('update', scalars, local => update(local, rule, regions)),
    made('fold', [], fold),
  ]
  return assemble(functions, 'imported')
}

function fold(local: Local): Code[] {
  const { kernel, foldedKernel, after, scale: factor } = local
  const folded = (width: 1 | 4): Code => {
    const [load, store] = width === 4 ? [four, v128.store] : [one, v128.store32]
    return store(foldedKernel.get, f32x4.mul(load(kernel), factor.get))
  }
  const row = [
    factor.set(one(after)),
    alongRow(local, [kernel, foldedKernel], folded),
    advance(after, i32.constant(4)),
  ]
  return [eachGroup(local, [...foldBias(local), after.set(local.scaleAfter.get), eachRow(local, row)])]
}
