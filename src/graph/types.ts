/** ONNX graphs as plain readonly data. */

export type DType = 'float32' | 'float64' | 'float16' | 'int32' | 'int64' | 'uint8' | 'bool'

/** A number, or the name of a size that is known only when the graph runs (such as the batch size `N`). */
export type Dim = number | string
export type Shape = readonly Dim[]

export type TensorData = Float32Array | Float64Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array

/** A constant array; float16 is held as its 16 bits, bool as bytes 0 and 1. */
export interface Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** A name for an array that flows through the graph, with what is known of it. */
export interface ValueInfo {
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
}
