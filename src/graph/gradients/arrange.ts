/** Gradients of reductions and of operators that move elements about. */
import { positiveAxis } from '../dims.ts'
import type { OpName } from '../ops.ts'
import { sliceRange } from '../shapes/arrange.ts'
import type { Node } from '../types.ts'
import {
  elementsPer,
  expandLike,
  type GradientContext,
  type GradientRule,
  reshapeTo,
  unbroadcast,
} from './rule.ts'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax'

export const reduceSum: GradientRule<'ReduceSum'> = (node, context) => [
  expandLike(context.g, keptDims(node, context, context.dY), node.inputs[0]!),
]

export const reduceMean: GradientRule<'ReduceMean'> = (node, context) => {
  const { g, dY } = context
  const share = g.add('Div', [dY, elementsPer(g, node.inputs[0]!, node.outputs[0]!)])
  return [expandLike(g, keptDims(node, context, share), node.inputs[0]!)]
}

/** Equal maxima share the gradient equally, as in TensorFlow's reduce_max. */
export const reduceMax: GradientRule<'ReduceMax'> = (node, context) => {
  const { g, dY } = context
  const x = node.inputs[0]!
  const y = keptDims(node, context, node.outputs[0]!)
  return [shareAmongMaxima(g, x, y, keptDims(node, context, dY), node.inputs[1])]
}

/** dY / count wherever x equals its maximum y; `axes` names the value that holds the reduced axes. */
export function shareAmongMaxima(
  g: GradientContext['g'],
  x: string,
  y: string,
  dY: string,
  axes: string | undefined,
): string {
  const isMaximum = g.add('Cast', [g.add('Equal', [x, y])], { to: g.info(x).dtype === 'float64' ? 11 : 1 })
  const count = g.add('ReduceSum', axes ? [isMaximum, axes] : [isMaximum])
  return g.add('Mul', [isMaximum, g.add('Div', [dY, count])])
}

/** The reduction's result with its reduced axes back as sizes of 1. */
function keptDims(node: Node<Reduction>, { g }: GradientContext, value: string): string {
  if (node.attributes.keepdims) return value
  const { shape } = g.info(node.inputs[0]!)
  const given = node.inputs[1]
    ? Array.from(g.constantOf(node.inputs[1])!.data as ArrayLike<bigint>, Number)
    : []
  if (given.length === 0 && node.attributes.noop_with_empty_axes) return value
  const axes = given.map(axis => positiveAxis(axis, shape.length))
  return reshapeTo(
    g,
    value,
    shape.map((dim, axis) => (axes.length === 0 || axes.includes(axis) ? 1 : dim)),
  )
}

/** Back to the shape that came in. */
export const reshaped: GradientRule<OpName> = ({ inputs }, { g, dY }) => [
  reshapeTo(g, dY, g.info(inputs[0]!).shape),
]

export const transpose: GradientRule<'Transpose'> = ({ inputs, attributes }, { g, dY }) => {
  const rank = g.info(inputs[0]!).shape.length
  const perm =
    attributes.perm.length > 0 ? attributes.perm : Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  return [g.add('Transpose', [dY], { perm: perm.map((_, axis) => perm.indexOf(axis)) })]
}

/** The part of the gradient that each input became. */
export const concat: GradientRule<'Concat'> = ({ inputs, attributes }, { g, dY, wants }) => {
  const axis = positiveAxis(attributes.axis, g.info(inputs[0]!).shape.length)
  let start = 0
  return inputs.map((input, index) => {
    const from = start
    start += g.info(input).shape[axis] as number
    return wants(index) ? sliceAxes(g, dY, [from], [start], [axis]) : undefined
  })
}

/** Slices with steps of 1: the gradient with zeros around it. */
export const slice: GradientRule<'Slice'> = ({ name, inputs }, { g, dY }) => {
  const [x, starts, ends, axes, steps] = inputs
  const ints = (value: string): number[] => Array.from(g.constantOf(value)!.data as ArrayLike<bigint>, Number)
  if (steps && ints(steps).some(step => step !== 1))
    throw new RangeError(`Slice "${name}" must have steps of 1`)
  const { shape } = g.info(x!)
  const before = shape.map(() => 0)
  const after = shape.map(() => 0)
  const [from, to] = [ints(starts!), ints(ends!)]
  const places = axes ? ints(axes) : from.map((_, axis) => axis)
  places.forEach((place, at) => {
    const axis = positiveAxis(place, shape.length)
    const range = sliceRange(shape[axis] as number, from[at]!, to[at]!, 1)
    before[axis] = range.from
    after[axis] = (shape[axis] as number) - range.from - range.count
  })
  return [g.add('Pad', [dY, g.constant('int64', [2 * shape.length], [...before, ...after])])]
}

/** The gradient without what was added at the borders. */
export const pad: GradientRule<'Pad'> = ({ name, inputs, attributes }, { g, dY }) => {
  if (attributes.mode !== 'constant') throw new RangeError(`Pad "${name}" must have the mode constant`)
  const { shape } = g.info(inputs[0]!)
  const pads = Array.from(g.constantOf(inputs[1]!)!.data as ArrayLike<bigint>, Number)
  const axes = shape.flatMap((_, axis) => (pads[axis] || pads[axis + shape.length] ? [axis] : []))
  const starts = axes.map(axis => pads[axis]!)
  return [
    sliceAxes(
      g,
      dY,
      starts,
      axes.map((axis, at) => starts[at]! + (shape[axis] as number)),
      axes,
    ),
  ]
}

export const expand: GradientRule<'Expand'> = ({ inputs }, { g, dY }) => [unbroadcast(g, dY, inputs[0]!)]

function sliceAxes(
  g: GradientContext['g'],
  value: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
): string {
  const ints = (values: readonly number[]): string => g.constant('int64', [values.length], values)
  return g.add('Slice', [value, ints(starts), ints(ends), ints(axes)])
}
