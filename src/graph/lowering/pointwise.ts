/** Elementwise operators, reductions and normalisation of values that are channel first already. */
import { positiveAxis } from '../dims.ts'
import type { Attributes, OpName } from '../ops.ts'
import type { Shape } from '../types.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

/** Keeps an elementwise operator in the layout of its inputs; broadcasting survives the rearrangement. */
export const elementwise: LoweringRule<OpName> = (node, context) => {
  const { g, get, info, has, set } = context
  const shape = info(node.outputs[0]!).shape
  if (shape.length !== 4 || !node.inputs.some(input => has(input, 'channelFirst'))) return false
  if (!node.inputs.every(input => input === '' || isPermutable(info(input).shape, shape))) return false
  const inputs = node.inputs.map(input => (input === '' ? '' : lowered(context, input)))
  if (node.op === 'ClipGradient')
    set(node.outputs[0]!, 'channelFirst', clipGradient(context, inputs, node.attributes))
  else set(node.outputs[0]!, 'channelFirst', g.add(node.op, inputs, node.attributes, node.name))
  return true

  function lowered({ info }: LoweringContext, input: string): string {
    return info(input).shape.length === 4 ? get(input, 'channelFirst') : get(input)
  }
}

/** Scalars, and pictures whose planes are whole or single pixels. */
function isPermutable(input: Shape, output: Shape): boolean {
  if (input.length === 0) return true
  if (input.length !== 4) return false
  return (input[2] === output[2] && input[3] === output[3]) || (input[2] === 1 && input[3] === 1)
}

/**
 * dY where min < Y < max: times a factor that is 0 at the bounds and 1 a hair inside them, a steep HardSigmoid of
 * (Y - min)(max - Y). Comparing and choosing takes twice as long.
 */
export function clipGradient(
  { g }: LoweringContext,
  [dY, y]: readonly string[],
  { min, max }: Attributes<'ClipGradient'>,
): string {
  const number = (value: number): string => g.constant('float32', [], [value])
  const above =
    min === Number.NEGATIVE_INFINITY ? undefined : min === 0 ? y! : g.add('Sub', [y!, number(min)])
  const below = max === Number.POSITIVE_INFINITY ? undefined : g.add('Sub', [number(max), y!])
  const inside = above && below ? g.add('Mul', [above, below]) : (above ?? below)
  if (inside === undefined) return dY!
  return g.add('Mul', [dY!, g.add('HardSigmoid', [inside], { alpha: 1e30, beta: 0 })])
}

/** Sums and means over pixels (axes 2, 3), or over pixels and the batch (axes 0, 2, 3). */
export const reduce: LoweringRule<'ReduceSum' | 'ReduceMean' | 'ReduceMax'> = (node, context) => {
  const { g, get, info, has, set, ints } = context
  const [x, axesValue] = node.inputs as [string, string | undefined]
  const constant = axesValue === undefined ? undefined : context.constantOf(axesValue)
  if (!has(x, 'channelFirst') || constant === undefined) return false
  const axes = constant.map(axis => positiveAxis(axis, info(x).shape.length)).sort()
  const moved = { '2,3': [2], '0,2,3': [0, 2, 3] }[axes.join()]
  if (moved === undefined || (!node.attributes.keepdims && axes.length === 2)) return false
  const result = g.add(node.op, [get(x, 'channelFirst'), ints(moved)], node.attributes, node.name)
  set(node.outputs[0]!, node.attributes.keepdims ? 'channelFirst' : 'plain', result)
  return true
}

/** The mean or maximum over a channel's pixels. */
export const globalPool: LoweringRule<'GlobalAveragePool' | 'GlobalMaxPool'> = (
  { op, name, inputs, outputs },
  context,
) => {
  const { g, get, has, set, ints } = context
  if (!has(inputs[0]!, 'channelFirst')) return false
  const reduction = op === 'GlobalAveragePool' ? 'ReduceMean' : 'ReduceMax'
  set(outputs[0]!, 'channelFirst', g.add(reduction, [get(inputs[0]!, 'channelFirst'), ints([2])], {}, name))
  return true
}

/** A value repeated to the shape of another that is channel first. */
export const expand: LoweringRule<'Expand'> = ({ inputs, outputs }, context) => {
  const { g, get, has, set } = context
  const measured = context.producer(inputs[1]!)
  const like = measured?.op === 'Shape' ? measured.inputs[0]! : undefined
  if (like === undefined || !has(like, 'channelFirst') || context.info(inputs[0]!).shape.length !== 4)
    return false
  const shape = g.add('Shape', [get(like, 'channelFirst')])
  set(outputs[0]!, 'channelFirst', g.add('Expand', [get(inputs[0]!, 'channelFirst'), shape]))
  return true
}
