/** The WebAssembly of a folded kernel. */
import {
  advance,
  assemble,
  type Code,
  call,
  f32,
  f32x4,
  i32,
  type Variable,
  v128,
  valueType,
  variables,
  type WasmFunction,
  whileNotZero,
} from '../../util/webassembly.ts'
import { alongRow, four, type Named, one, productFunction, rowFunction, scalarNames } from './folded-row.ts'
import { codeOf, type KernelSource } from './kernel.ts'

/** As in FoldedRows: of the kernel's rows, then of what has one number a channel. */
const rowOffsets = ['kernel', 'foldedKernel'] as const
const channelOffsets = [
  'gamma',
  'beta',
  'foldedBias',
  'mean',
  'deviation',
  'scaleBefore',
  'scaleAfter',
  'products',
] as const
/** Fours of channels, and channels of each; of a row its bytes, fours, and the numbers left over behind them. */
const lengths = ['groups', 'groupRows', 'bytes', 'fours', 'rest'] as const
const counters = ['rows', 'left', 'ahead', 'product', 'before', 'after'] as const

const given = [...rowOffsets, ...channelOffsets, ...lengths]
type Local = ReturnType<typeof variables<(typeof given)[number] | (typeof counters)[number] | 'scale'>>

/** The module's functions that it calls itself, by their place. */
const own = { product: 0, row: 1 } as const

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

function update(local: Local & Named, rule: KernelSource, regions: number): Code[] {
  const { gamma, beta, mean, deviation, products, scaleBefore } = local
  const moved = f32x4.mul(four(mean), four(beta, regions))
  const gradient = f32x4.div(f32x4.sub(four(products), moved), four(deviation))
  return [
    ...firstProducts(local),
    eachGroup(local, [
      v128.store(scaleBefore.get, scale(local)),
      v128.store(gamma.get, gradient, regions),
      ...assigned(rule, local, 'gamma', regions),
      ...assigned(rule, local, 'beta', regions),
      ...foldBias(local),
      ...moveRows(local, rule),
    ]),
  ]
}

/** Of the first group's rows. */
function firstProducts(local: Local): Code[] {
  const { ahead, product, kernel, products } = local
  const values = [ahead, product, local.fours, local.rest].map(({ get }) => get)
  return [
    ahead.set(kernel.get),
    product.set(products.get),
    eachRow(local, [call(own.product, ...values), ...advanceRow(local, [ahead], [product])]),
  ]
}

/** The group's rows by their rule, and the products of the next group's; of the same rows, for nothing, at the end. */
function moveRows(local: Local & Named, rule: KernelSource): Code[] {
  const { kernel, foldedKernel, ahead, product, before, after, bytes, groups, groupRows } = local
  const isBeforeLast = i32.less(i32.constant(1), groups.get)
  const distance = i32.multiply(isBeforeLast, i32.multiply(bytes.get, groupRows.get))
  const places = [kernel, foldedKernel, ahead, product, local.fours, local.rest].map(({ get }) => get)
  const scalars = scalarNames('kernel', rule).map(name => local[name]!.get)
  const scales = [f32.load(before.get), f32.load(after.get)]
  return [
    ahead.set(i32.add(kernel.get, distance)),
    product.set(i32.add(local.products.get, i32.constant(16))),
    before.set(local.scaleBefore.get),
    after.set(local.scaleAfter.get),
    eachRow(local, [
      call(own.row, ...places, ...scalars, ...scales),
      ...advanceRow(local, [kernel, foldedKernel, ahead], [before, after, product]),
    ]),
  ]
}

function advanceRow({ bytes }: Local, ofRows: readonly Variable[], ofChannels: readonly Variable[]): Code[] {
  return [
    ...ofRows.map(offset => advance(offset, bytes.get)),
    ...ofChannels.map(offset => advance(offset, i32.constant(4))),
  ]
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

function eachGroup(local: Local, body: readonly Code[]): Code {
  const steps = channelOffsets.map(name => advance(local[name], i32.constant(16)))
  return whileNotZero(local.groups, -1, [...body, ...steps])
}

function eachRow({ rows, groupRows }: Local, body: readonly Code[]): Code {
  return [...rows.set(groupRows.get), ...whileNotZero(rows, -1, body)]
}

/** gamma / deviation, of four channels */
const scale = ({ gamma, deviation }: Local): Code => f32x4.div(four(gamma), four(deviation))

/** The scale as it is now, and the biases of four channels. */
function foldBias(local: Local): Code[] {
  const { beta, foldedBias, mean, scaleAfter } = local
  const moved = f32x4.mul(four(mean), four(scaleAfter))
  return [v128.store(scaleAfter.get, scale(local)), v128.store(foldedBias.get, f32x4.sub(four(beta), moved))]
}

/** A rule's assignments for four elements of gamma or beta. */
function assigned(
  { assignments }: KernelSource,
  local: Local & Named,
  parameter: 'gamma' | 'beta',
  regions: number,
): Code[] {
  const operand = {
    array: (index: number): Code => four(local[parameter], index * regions),
    scalar: (index: number): Code => f32x4.splat(local[`${parameter}:${index}`]!.get),
  }
  return assignments.map(({ array, value }) =>
    v128.store(local[parameter].get, codeOf(value, operand), array * regions),
  )
}
