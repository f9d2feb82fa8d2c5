/** Gradients of reductions and of operators that move elements about. */
import { positiveAxis } from '../dims.ts'
import type { OpName } from '../ops.ts'
import { knownSize, sliceRange } from '../shapes/arrange.ts'
import { type Reduction, reducedAxes } from '../shapes/elementwise.ts'
import type { Node } from '../types.ts'
import {
  elementsPer,
  expandLike,
  type GradientContext,
  type GradientRule,
  reshapeTo,
  sumOver,
  unbroadcast,
} from './rule.ts'

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
  const axes = axesOf(node, g)
  if (axes.length === 0) return [dY]
  const y = keptDims(node, context, node.outputs[0]!)
  return [shareAmongMaxima(g, node.inputs[0]!, y, keptDims(node, context, dY), axes)]
}

/** dY / count wherever x equals y, its maximum over the axes. */
export function shareAmongMaxima(
  g: GradientContext['g'],
  x: string,
  y: string,
  dY: string,
  axes: readonly number[],
): string {
  const isMaximum = g.add('Cast', [g.add('Equal', [x, y])], { to: g.info(x).dtype === 'float64' ? 11 : 1 })
  const count = sumOver(g, isMaximum, axes)
  return g.add('Mul', [isMaximum, g.add('Div', [dY, count])])
}

/** The reduction's result with its reduced axes back as sizes of 1. */
function keptDims(node: Node<Reduction>, { g }: GradientContext, value: string): string {
  const axes = axesOf(node, g)
  if (node.attributes.keepdims || axes.length === 0) return value
  const { shape } = g.info(node.inputs[0]!)
  return reshapeTo(
    g,
    value,
    shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  )
}

function axesOf(node: Node<Reduction>, g: GradientContext['g']): number[] {
  const [x, axes] = node.inputs
  return reducedAxes(node, g.info(x!).shape.length, axes ? intsOf(g, axes) : [])
}

function intsOf(g: GradientContext['g'], constant: string): number[] {
  return Array.from(g.constantOf(constant)!.data as ArrayLike<bigint>, Number)
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
    start += knownSize(g.info(input).shape, axis)
    const ints = (value: number): string => g.constant('int64', [1], [value])
    return wants(index) ? g.add('Slice', [dY, ints(from), ints(start), ints(axis)]) : undefined
  })
}

/** Slices with steps of 1: the gradient with zeros around it. */
export const slice: GradientRule<'Slice'> = ({ name, inputs }, { g, dY }) => {
  const [x, starts, ends, axes, steps] = inputs
  if (steps && intsOf(g, steps).some(step => step !== 1))
    throw new RangeError(`Slice "${name}" must have steps of 1`)
  const { shape } = g.info(x!)
  const before = shape.map(() => 0)
  const after = shape.map(() => 0)
  const [from, to] = [intsOf(g, starts!), intsOf(g, ends!)]
  const places = axes ? intsOf(g, axes) : from.map((_, axis) => axis)
  places.forEach((place, at) => {
    const axis = positiveAxis(place, shape.length)
    const range = sliceRange(shape[axis] as number, from[at]!, to[at]!, 1)
    before[axis] = range.from
    after[axis] = (shape[axis] as number) - range.from - range.count
  })
  return [g.add('Pad', [dY, g.constant('int64', [2 * shape.length], [...before, ...after])])]
}

/** Pads of the opposite signs: what was added goes, and what was cut away comes back as zeros. */
export const pad: GradientRule<'Pad'> = ({ name, inputs, attributes }, { g, dY }) => {
  if (attributes.mode !== 'constant') throw new RangeError(`Pad "${name}" must have the mode constant`)
  const opposite = intsOf(g, inputs[1]!).map(count => 0 - count)
  return [g.add('Pad', [dY, g.constant('int64', [opposite.length], opposite)])]
}

export const expand: GradientRule<'Expand'> = ({ inputs }, { g, dY }) => [unbroadcast(g, dY, inputs[0]!)]
