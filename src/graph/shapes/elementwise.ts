/** Shapes of elementwise operators and of reductions. */
import { broadcastShapes, positiveAxis } from '../dims.ts'
import { dtypeOfOnnx } from '../onnx/dtypes.ts'
import type { OpName } from '../ops.ts'
import type { Node } from '../types.ts'
import type { Inferred, ShapeContext, ShapeRule } from './rule.ts'

/** The first input's dtype and shape. */
export const sameAsInput: ShapeRule<OpName> = (_node: Node, { input }) => [like(input(0))]

/** The result of two or more broadcast inputs, with the dtype of the first. */
export const broadcast: ShapeRule<OpName> = (node: Node, context) => [
  { dtype: context.input(0).dtype, shape: broadcastAll(node, context) },
]

export const comparison: ShapeRule<OpName> = (node: Node, context) => [
  { dtype: 'bool', shape: broadcastAll(node, context) },
]

export const where: ShapeRule<'Where'> = (node, context) => [
  { dtype: context.input(1).dtype, shape: broadcastAll(node, context) },
]

export const cast: ShapeRule<'Cast'> = ({ attributes }, { input }) => [
  { dtype: dtypeOfOnnx(attributes.to), shape: input(0).shape },
]

export const reduce: ShapeRule<'ReduceSum' | 'ReduceMean' | 'ReduceMax'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const axes = reducedAxes(node, context)
  const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
  return [{ dtype, shape: node.attributes.keepdims ? kept : kept.filter((_, axis) => !axes.includes(axis)) }]
}

/** The axes that a reduction runs over, counted from the front. */
export function reducedAxes(
  { inputs, attributes }: Node<'ReduceSum' | 'ReduceMean' | 'ReduceMax'>,
  { input, constant }: ShapeContext,
): number[] {
  const rank = input(0).shape.length
  const given = inputs[1] ? Array.from(constant(1)?.data as ArrayLike<number | bigint>, Number) : []
  if (given.length > 0) return given.map(axis => positiveAxis(axis, rank))
  return attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

function like({ dtype, shape }: Inferred): Inferred {
  return { dtype, shape }
}

function broadcastAll({ inputs }: Node, { input }: ShapeContext): Inferred['shape'] {
  return inputs.map((_, index) => input(index).shape).reduce(broadcastShapes)
}
