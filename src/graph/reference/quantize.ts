/** Between real numbers and whole ones, from the definitions of ONNX QuantizeLinear-13 and DequantizeLinear-13. */
import { positiveAxis } from '../dims.ts'
import type { DType } from '../types.ts'
import { generate, type NdArray } from './array.ts'
import type { Kernel } from './kernel.ts'

/** What the whole numbers of a dtype reach from and to. */
const reach: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
}

/** y = saturate(round(x / scale) + zero point). */
export const quantizeLinear: Kernel<'QuantizeLinear'> = ({ attributes }, { x, shapes, dtypes: [dtype] }) => {
  const [values, scale, zeroPoint] = x as [NdArray, NdArray, NdArray | undefined]
  const [least, most] = reach[dtype!] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const at = placeOf(scale, attributes.axis, shapes[0]!.length)
  let element = 0
  return [
    generate(shapes[0]!, index => {
      const place = at(index)
      const whole =
        roundHalfToEven(values.data[element++]! / scale.data[place]!) + (zeroPoint?.data[place] ?? 0)
      return Math.min(Math.max(whole, least), most)
    }),
  ]
}

/** y = (x - zero point) * scale. */
export const dequantizeLinear: Kernel<'DequantizeLinear'> = ({ attributes }, { x, shapes }) => {
  const [values, scale, zeroPoint] = x as [NdArray, NdArray, NdArray | undefined]
  const at = placeOf(scale, attributes.axis, shapes[0]!.length)
  let element = 0
  return [
    generate(shapes[0]!, index => {
      const place = at(index)
      return (values.data[element++]! - (zeroPoint?.data[place] ?? 0)) * scale.data[place]!
    }),
  ]
}

/** Which scale an element has: the only one, or the one of its place along the axis. */
function placeOf(scale: NdArray, axis: number, rank: number): (index: readonly number[]) => number {
  if (scale.shape.length === 0) return () => 0
  const along = positiveAxis(axis, rank)
  return index => index[along]!
}

/** As IEEE 754 rounds by default, and ONNX asks for: halves go to the even neighbour. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}
