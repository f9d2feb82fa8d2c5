/** What a shape rule sees and says. */
import { positiveAxis } from '../dims.ts'
import type { OpName } from '../ops.ts'
import type { DType, Node, Shape, Tensor, ValueInfo } from '../types.ts'

/** The dtype and shape of one output. */
export interface Inferred {
  readonly dtype: DType
  readonly shape: Shape
}

export interface ShapeContext {
  /** What is known of the node's input; throws RangeError when it is left out. */
  input(index: number): ValueInfo
  /** The input's value when it is a constant. */
  constant(index: number): Tensor | undefined
  /** The shape that the input holds when it is the output of Shape. */
  measured(index: number): Shape | undefined
}

/** The outputs' dtypes and shapes, in order. Throws RangeError when the inputs do not fit the operator. */
export type ShapeRule<K extends OpName> = (node: Node<K>, context: ShapeContext) => readonly Inferred[]

/** The one dtype that the node's inputs have, from the given one on. Throws RangeError when there are two. */
export function commonDtype({ op, name, inputs }: Node, { input }: ShapeContext, from = 0): DType {
  const { dtype } = input(from)
  for (let index = from + 1; index < inputs.length; index++) {
    const other = inputs[index] === '' ? dtype : input(index).dtype
    if (other !== dtype) throw new RangeError(`${op} "${name}" mixes ${dtype} and ${other}`)
  }
  return dtype
}

/**
 * A shape whose sizes along `axes` (all, when empty) are given by an input: the input's numbers, or, where they are
 * computed when the graph runs, new named sizes.
 */
export function resizedShape(
  node: Node,
  context: ShapeContext,
  shape: Shape,
  axes: readonly number[],
  index: number,
): Shape {
  const places = (axes.length > 0 ? axes : [...shape.keys()]).map(axis => positiveAxis(axis, shape.length))
  const [count] = context.input(index).shape
  if (count !== places.length)
    throw new RangeError(`Expected ${places.length} sizes for ${node.op} "${node.name}". Received: ${count}`)
  const sizes: Shape = context.constant(index)
    ? requiredInts(node, context, index)
    : places.map(axis => `${node.name}.${axis}`)
  return shape.map((dim, axis) => sizes[places.indexOf(axis)] ?? dim)
}

/** The numbers of a constant input that an operator needs to know its shape. */
export function requiredInts(node: Node, context: ShapeContext, index: number): number[] {
  const value = context.constant(index)
  if (value === undefined)
    throw new RangeError(`Input ${index} of ${node.op} "${node.name}" must be a constant`)
  return Array.from(value.data as ArrayLike<number | bigint>, Number)
}
