/** Shapes of operators that move elements about without computing on them. */
import { broadcastShapes, divideDims, positiveAxis, sameShape, sizeOf } from '../dims.ts'
import type { Dim, Shape } from '../types.ts'
import { commonDtype, requiredInts, resizedShape, type ShapeRule } from './rule.ts'

export const reshape: ShapeRule<'Reshape'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const target = requiredInts(node, context, 1).map(
    (dim, axis): Dim => (dim === 0 ? (shape[axis] ?? -1) : dim),
  )
  const free = target.indexOf(-1)
  const others = target.filter((_, axis) => axis !== free)
  const missing = divideDims(sizeOf(shape), sizeOf(others))
  if (others.some(dim => Number(dim) < 0) || missing === undefined || (free < 0 && missing !== 1)) {
    throw new RangeError(`Cannot reshape [${shape}] to [${target}] in "${node.name}"`)
  }
  return [{ dtype, shape: target.map((dim, axis) => (axis === free ? missing : dim)) }]
}

export const flatten: ShapeRule<'Flatten'> = ({ attributes }, { input }) => {
  const { dtype, shape } = input(0)
  const axis = attributes.axis === shape.length ? shape.length : positiveAxis(attributes.axis, shape.length)
  return [{ dtype, shape: [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))] }]
}

export const transpose: ShapeRule<'Transpose'> = ({ name, attributes }, { input }) => {
  const { dtype, shape } = input(0)
  const perm = attributes.perm.length > 0 ? attributes.perm : shape.map((_, axis) => shape.length - 1 - axis)
  if (perm.length !== shape.length || shape.some((_, axis) => !perm.includes(axis)))
    throw new RangeError(`Transpose "${name}" cannot order the axes of [${shape}] as [${perm}]`)
  return [{ dtype, shape: perm.map(axis => shape[axis]!) }]
}

export const squeeze: ShapeRule<'Squeeze'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const axes = node.inputs[1]
    ? requiredInts(node, context, 1).map(axis => positiveAxis(axis, shape.length))
    : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
  for (const axis of axes) {
    if (shape[axis] !== 1)
      throw new RangeError(`Squeeze "${node.name}" cannot drop axis ${axis} of [${shape}]`)
  }
  return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)) }]
}

export const unsqueeze: ShapeRule<'Unsqueeze'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const given = requiredInts(node, context, 1)
  const rank = shape.length + given.length
  const axes = given.map(axis => positiveAxis(axis, rank))
  if (new Set(axes).size < axes.length)
    throw new RangeError(`Unsqueeze "${node.name}" names an axis twice: [${given}]`)
  const rest = [...shape]
  return [
    { dtype, shape: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)) },
  ]
}

export const concat: ShapeRule<'Concat'> = (node, context) => {
  const shapes = node.inputs.map((_, index) => context.input(index).shape)
  const shape = shapes[0]!
  const axis = positiveAxis(node.attributes.axis, shape.length)
  for (const other of shapes) {
    if (!sameShape(other.toSpliced(axis, 1), shape.toSpliced(axis, 1)))
      throw new RangeError(`Concat "${node.name}" cannot join [${shape}] and [${other}] along axis ${axis}`)
  }
  const sizes = shapes.map(other => other[axis]!)
  const dtype = commonDtype(node, context)
  return [{ dtype, shape: shape.map((dim, at) => (at === axis ? sumOf(sizes) : dim)) }]
}

/** Slice with constant starts, ends, axes and steps. */
export const slice: ShapeRule<'Slice'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const starts = requiredInts(node, context, 1)
  const ends = requiredInts(node, context, 2)
  const axes = node.inputs[3] ? requiredInts(node, context, 3) : starts.map((_, axis) => axis)
  const steps = node.inputs[4] ? requiredInts(node, context, 4) : starts.map(() => 1)
  if (new Set([starts.length, ends.length, axes.length, steps.length]).size > 1 || steps.includes(0))
    throw new RangeError(`Slice "${node.name}" needs as many starts, ends, axes and steps, no step of 0`)
  const result = [...shape]
  axes.forEach((axis, at) => {
    const place = positiveAxis(axis, shape.length)
    result[place] = sliceLength(knownSize(shape, place), starts[at]!, ends[at]!, steps[at]!)
  })
  return [{ dtype, shape: result }]
}

/** Where a slice begins and how many elements it takes (ONNX Slice-13, out-of-range ends clamped). */
export function sliceRange(
  size: number,
  start: number,
  end: number,
  step: number,
): { from: number; count: number } {
  const lift = (at: number): number => (at < 0 ? at + size : at)
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const from = Math.min(Math.max(lift(start), 0), step > 0 ? size : size - 1)
  const to = Math.min(Math.max(end < -size ? low : lift(end), low), step > 0 ? high : size)
  return { from, count: Math.max(0, Math.ceil((to - from) / step)) }
}

export const pad: ShapeRule<'Pad'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const pads = requiredInts(node, context, 1)
  if (pads.length !== 2 * shape.length)
    throw new RangeError(`Expected ${2 * shape.length} pads for Pad "${node.name}". Received: ${pads.length}`)
  const added = (axis: number): number => pads[axis]! + pads[axis + shape.length]!
  return [
    {
      dtype,
      shape: shape.map((dim, axis) => (added(axis) === 0 ? dim : knownSize(shape, axis) + added(axis))),
    },
  ]
}

/** The middle cut out, or zeros added on both sides, to the sizes of the second input along `axes`. */
export const centerCropPad: ShapeRule<'CenterCropPad'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  return [{ dtype, shape: resizedShape(node, context, shape, node.attributes.axes, 1) }]
}

/**
 * The target's sizes; a size of 1 takes the input's. A target known only when the graph runs must be the
 * output of Shape, and then the result has the shape of the value that was measured.
 */
export const expand: ShapeRule<'Expand'> = (node, context) => {
  const { dtype, shape } = context.input(0)
  const target: Shape | undefined = context.constant(1) ? requiredInts(node, context, 1) : context.measured(1)
  if (target === undefined)
    throw new RangeError(`The target of Expand "${node.name}" must be a constant or a Shape`)
  return [{ dtype, shape: broadcastShapes(shape, target) }]
}

function sumOf(sizes: readonly Dim[]): Dim {
  if (sizes.every(size => typeof size === 'number')) return sizes.reduce((sum, size) => sum + size, 0)
  return sizes.length === 1 ? sizes[0]! : `(${sizes.join('+')})`
}

function sliceLength(size: number, start: number, end: number, step: number): number {
  return sliceRange(size, start, end, step).count
}

/** @throws RangeError when the axis has a named size */
export function knownSize(shape: Shape, axis: number): number {
  const size = shape[axis]
  if (typeof size !== 'number') throw new RangeError(`Axis ${axis} of [${shape}] must have a known size`)
  return size
}
