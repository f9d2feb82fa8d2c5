/** Element types by their number in ONNX files (`TensorProto.DataType` of onnx.proto3). */
import type { DType } from '../types.ts'

/** Complete by type. */
export const onnxNumber: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
}

const byNumber = new Map(Object.entries(onnxNumber).map(([name, number]) => [number, name as DType]))

/** @throws RangeError for an element type that Graft has no word for */
export function dtypeOfOnnx(number: number): DType {
  const dtype = byNumber.get(number)
  if (dtype === undefined)
    throw new RangeError(`Expected one of the element types ${[...byNumber.keys()]}. Received: ${number}`)
  return dtype
}
