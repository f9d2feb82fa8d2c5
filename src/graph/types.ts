/** ONNX graphs as plain readonly data. */
import type { Attributes, OpName } from './ops.ts'

export type DType = 'float32' | 'float64' | 'float16' | 'int32' | 'int64' | 'uint8' | 'int8' | 'bool'

/** A number, or the name of a size that is known only when the graph runs (such as the batch size `N`). */
export type Dim = number | string
export type Shape = readonly Dim[]

export type TensorData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Int8Array

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

/** One operation; an empty input or output name stands for one that is left out. */
export type Node<K extends OpName = OpName> = {
  readonly [P in K]: {
    readonly op: P
    readonly name: string
    readonly inputs: readonly string[]
    readonly outputs: readonly string[]
    readonly attributes: Attributes<P>
  }
}[K]

/** A computation: nodes in an order in which each one's inputs come before it. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly Node[]
  readonly initializers: ReadonlyMap<string, Tensor>
  /** What is known of every value: inputs, initializers and node outputs. */
  readonly values: ReadonlyMap<string, ValueInfo>
}
