/** The `update` of a folded kernel's module: gradients, the rule, and all folded anew, four channels at a time. */
import { type Code, call, f32, f32x4, i32, v128 } from '../../util/webassembly.ts'
import { advanceRow, eachGroup, eachRow, foldBias, type Local, scale } from './folded-loops.ts'
import { four, type Named, own, scalarNames } from './folded-row.ts'
import { codeOf, type KernelSource } from './kernel.ts'

export function update(local: Local & Named, rule: KernelSource, regions: number): Code[] {
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
