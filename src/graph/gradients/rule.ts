/** What a gradient rule sees and says, and the few moves that many rules share. */
import type { GraphBuilder } from '../builder.ts'
import { divideDims, sizeOf } from '../dims.ts'
import type { OpName } from '../ops.ts'
import type { Node, Shape } from '../types.ts'

export interface GradientContext {
  /** The graph that the rule's nodes are added to. */
  readonly g: GraphBuilder
  /** The gradient of the node's first output. */
  readonly dY: string
  /** Whether the gradient of an input is asked for; a rule may leave the others out. */
  wants(input: number): boolean
}

/**
 * The gradients of the node's inputs, in order, as values of the graph; undefined where none flows.
 *
 * @throws RangeError when this form of the operator has no gradient
 */
export type GradientRule<K extends OpName> = (
  node: Node<K>,
  context: GradientContext,
) => readonly (string | undefined)[]

/** A scalar constant of the value's dtype. */
export function scalarLike(g: GraphBuilder, value: string, number: number): string {
  return g.constant(g.info(value).dtype, [], [number])
}

/** The value in another shape, of which one size at most may be named. */
export function reshapeTo(g: GraphBuilder, value: string, shape: Shape): string {
  if (shape.filter(dim => typeof dim === 'string').length > 1) {
    throw new RangeError(`Expected at most one named size to reshape "${value}". Received: [${shape}]`)
  }
  const target = shape.map(dim => (typeof dim === 'string' ? -1 : dim))
  return g.add('Reshape', [value, g.constant('int64', [target.length], target)])
}

export function sumOver(g: GraphBuilder, value: string, axes: readonly number[], keepdims = 1): string {
  return g.add('ReduceSum', [value, g.constant('int64', [axes.length], axes)], { keepdims })
}

/** Sums a gradient over the axes along which its value was broadcast, so that it has the value's shape. */
export function unbroadcast(g: GraphBuilder, gradient: string, value: string): string {
  const from = g.info(gradient).shape
  const to = g.info(value).shape
  const added = from.length - to.length
  const isBroadcast = (axis: number): boolean => axis < added || (to[axis - added] === 1 && from[axis] !== 1)
  if (!from.some((_, axis) => isBroadcast(axis))) return gradient
  // Axes that have the size 1 on both sides are summed too: the engine is ten times faster over adjacent axes.
  const axes = from.flatMap((_, axis) => (axis < added || to[axis - added] === 1 ? [axis] : []))
  const summed = sumOver(g, gradient, axes)
  return added === 0 ? summed : reshapeTo(g, summed, to)
}

/** The value repeated to the shape that another value has. */
export function expandLike(g: GraphBuilder, value: string, other: string): string {
  return g.add('Expand', [value, g.add('Shape', [other])])
}

/** How many elements of `whole` fall on each element of `part`, as a scalar of the dtype of `whole`. */
export function elementsPer(g: GraphBuilder, whole: string, part: string): string {
  const { shape, dtype } = g.info(whole)
  const parts = sizeOf(g.info(part).shape)
  const ratio = divideDims(sizeOf(shape), parts)
  if (typeof ratio === 'number') return scalarLike(g, whole, ratio)
  const count = (value: string): string =>
    g.add('Cast', [g.add('Size', [value])], { to: dtype === 'float64' ? 11 : 1 })
  return parts === 1 ? count(whole) : g.add('Div', [count(whole), count(part)])
}
