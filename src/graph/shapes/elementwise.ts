/** Shapes of elementwise operators and of reductions. */
import { broadcastShapes, positiveAxis } from '../dims.ts'
import { dtypeOfOnnx } from '../onnx/dtypes.ts'
import type { OpName } from '../ops.ts'
import type { Node } from '../types.ts'
import { commonDtype, type Inferred, requiredInts, type ShapeContext, type ShapeRule } from './rule.ts'

/** The first input's dtype and shape. */
export const sameAsInput: ShapeRule<OpName> = (_node: Node, { input }) => [like(input(0))]

/** The result of broadcast inputs of one dtype. */
export const broadcast: ShapeRule<OpName> = (node: Node, context) => [
  { dtype: commonDtype(node, context), shape: broadcastAll(node, context) },
]

export const comparison: ShapeRule<OpName> = (node: Node, context) => {
  commonDtype(node, context)
  return [{ dtype: 'bool', shape: broadcastAll(node, context) }]
}

export const where: ShapeRule<'Where'> = (node, context) => [
  { dtype: commonDtype(node, context, 1), shape: broadcastAll(node, context) },
]

export const cast: ShapeRule<'Cast'> = ({ attributes }, { input }) => [
  { dtype: dtypeOfOnnx(attributes.to), shape: input(0).shape },
]

export type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax'

export const reduce: ShapeRule<Reduction> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const axes = reducedAxes(node, shape.length, node.inputs[1] ? requiredInts(node, context, 1) : [])
  const kept = shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
  return [{ dtype, shape: node.attributes.keepdims ? kept : kept.filter((_, axis) => !axes.includes(axis)) }]
}

/** The axes that a reduction runs over, counted from the front; none given stands for all, or for none. */
export function reducedAxes(
  { attributes }: Node<Reduction>,
  rank: number,
  given: readonly number[],
): number[] {
  if (given.length > 0) return given.map(axis => positiveAxis(axis, rank))
  return attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

function like({ dtype, shape }: Inferred): Inferred {
  return { dtype, shape }
}

function broadcastAll({ inputs }: Node, { input }: ShapeContext): Inferred['shape'] {
  return inputs.map((_, index) => input(index).shape).reduce(broadcastShapes)
}
