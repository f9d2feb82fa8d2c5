/** Shapes of the steps between real numbers and whole ones (ONNX QuantizeLinear-13, DequantizeLinear-13). */
import { positiveAxis, sameShape } from '../dims.ts'
import type { Node } from '../types.ts'
import type { ShapeContext, ShapeRule } from './rule.ts'

type Linear = 'QuantizeLinear' | 'DequantizeLinear'

/** x, scale, zero point -> whole numbers of the zero point's type, uint8 where there is none. */
export const quantizeLinear: ShapeRule<'QuantizeLinear'> = (node, context) => {
  checkScale(node, context)
  const dtype = node.inputs[2] ? context.input(2).dtype : 'uint8'
  return [{ dtype, shape: context.input(0).shape }]
}

/** Whole numbers, scale, zero point -> floats of the scale's type. */
export const dequantizeLinear: ShapeRule<'DequantizeLinear'> = (node, context) => {
  checkScale(node, context)
  const { dtype, shape } = context.input(0)
  if (node.inputs[2] && context.input(2).dtype !== dtype)
    throw new RangeError(`${node.op} "${node.name}" mixes ${dtype} and ${context.input(2).dtype}`)
  return [{ dtype: context.input(1).dtype, shape }]
}

/** One scale and zero point for all, or one for each place along the axis. */
function checkScale(node: Node<Linear>, { input }: ShapeContext): void {
  const [{ shape }, scale] = [input(0), input(1)]
  const zeroPoint = node.inputs[2] ? input(2).shape : scale.shape
  const wanted = scale.shape.length === 0 ? [] : [shape[positiveAxis(node.attributes.axis, shape.length)]!]
  if (sameShape(scale.shape, wanted) && sameShape(zeroPoint, wanted)) return
  throw new RangeError(
    `${node.op} "${node.name}" with scale [${scale.shape}] and zero point [${zeroPoint}] does not fit [${shape}]`,
  )
}
