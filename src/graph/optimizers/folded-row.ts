/**
 * The inner loops of a folded kernel, as WebAssembly functions of their own, so that what they need stays in
 * registers: also each array's element from its first use to its last.
 */
import {
  advance,
  type Code,
  f32x4,
  i32,
  type Variable,
  v128,
  valueType,
  variables,
  type WasmFunction,
  whileNotZero,
} from '../../util/webassembly.ts'
import { codeOf, type KernelSource } from './kernel.ts'

/** The functions' places in the module. */
export const own = { product: 0, row: 1 } as const

export type Named = Readonly<Record<string, Variable>>

/** Four numbers, or one in all four lanes. */
export const four = ({ get }: Variable, offset = 0): Code => v128.load(get, offset)
export const one = ({ get }: Variable, offset = 0): Code => v128.load32Splat(get, offset)

/** `parameter:0`, `parameter:1` and so on. */
export const scalarNames = (parameter: string, { scalars }: KernelSource): string[] =>
  Array.from({ length: scalars }, (_, index) => `${parameter}:${index}`)

/** Runs over a row by fours, then over what is left one by one; the given offsets move on. */
export function alongRow(
  local: Named,
  moving: readonly Variable[],
  codeFor: (width: 1 | 4) => Code,
  between: Code = [],
): Code {
  const { left, fours, rest } = local as Record<string, Variable>
  const turns = (count: Variable, width: 1 | 4): Code => [
    ...left!.set(count.get),
    ...whileNotZero(left!, -1, [
      codeFor(width),
      ...moving.map(offset => advance(offset, i32.constant(width * 4))),
    ]),
  ]
  return [...turns(fours!, 4), ...between, ...turns(rest!, 1)]
}

/** `product(ahead, product, fours, rest)`: the row at `ahead` times its gradient. */
export function productFunction(regions: number): WasmFunction {
  const given = ['ahead', 'product', 'fours', 'rest'] as const
  const local = variables(...given, 'left', 'sum')
  return {
    name: 'product',
    parameters: given.map(() => valueType.i32),
    locals: [valueType.i32, valueType.v128],
    body: [
      local.sum.set(v128.zero),
      alongRow(local, [local.ahead], width => addProduct(local, regions, width), addLanes(local)),
      v128.store32(local.product.get, local.sum.get),
    ],
  }
}

function addProduct({ ahead, sum }: Named, regions: number, width: 1 | 4): Code {
  const load = width === 4 ? four : one
  return sum!.set(f32x4.add(sum!.get, f32x4.mul(load(ahead!), load(ahead!, regions))))
}

/** The lanes in order, in all four. */
function addLanes({ sum }: Named): Code {
  const byLane = (index: number): Code => Array.from({ length: 16 }, (_, byte) => index * 4 + (byte & 3))
  const lanes = [0, 1, 2, 3].map(index => v128.shuffle(sum!.get, sum!.get, byLane(index)))
  return sum!.set(lanes.reduce((a, b) => f32x4.add(a, b)))
}

/**
 * `row(kernel, foldedKernel, ahead, product, fours, rest, ...scalars)`: a row by its rule, all written but the
 * gradient, and `product` of a row ahead: what that fetches from memory comes while the rule divides.
 */
export function rowFunction(rule: KernelSource, regions: number): WasmFunction {
  const given = ['kernel', 'foldedKernel', 'ahead', 'product', 'fours', 'rest'] as const
  const scalars = scalarNames('kernel', rule)
  const elements = Array.from({ length: rule.arrays }, (_, array) => `element:${array}`)
  const all: Named = variables(...given, ...scalars, 'left', 'sum', ...elements)
  const { kernel, foldedKernel, ahead, product, sum } = all as Record<string, Variable>
  const body = (width: 1 | 4): Code => [
    ...ruleCode(rule, all, regions, width),
    ...addProduct(all, regions, width),
  ]
  return {
    name: 'row',
    parameters: [...given.map(() => valueType.i32), ...scalars.map(() => valueType.f32)],
    locals: [valueType.i32, valueType.v128, ...elements.map(() => valueType.v128)],
    body: [
      sum!.set(v128.zero),
      alongRow(all, [kernel!, foldedKernel!, ahead!], body, addLanes(all)),
      v128.store32(product!.get, sum!.get),
    ],
  }
}

/** Loads, assignments, then stores. */
function ruleCode({ arrays, assignments }: KernelSource, all: Named, regions: number, width: 1 | 4): Code {
  const [load, store] = width === 4 ? [four, v128.store] : [one, v128.store32]
  const element = (array: number): Variable => all[`element:${array}`]!
  const operand = {
    array: (index: number): Code => element(index).get,
    scalar: (index: number): Code => f32x4.splat(all[`kernel:${index}`]!.get),
  }
  const folded = arrays - 1
  const inRegions = Array.from({ length: folded }, (_, array) => array)
  const loads = inRegions.map(array => element(array).set(load(all['kernel']!, array * regions)))
  const moves = assignments.map(({ array, value }) => element(array).set(codeOf(value, operand)))
  const stores = inRegions
    .filter(array => array !== 1)
    .map(array => store(all['kernel']!.get, element(array).get, array * regions))
  return [...loads, ...moves, ...stores, store(all['foldedKernel']!.get, element(folded).get)].flat()
}
