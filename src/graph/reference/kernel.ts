/** What it takes to compute one operator. */
import type { OpName } from '../ops.ts'
import type { DType, Node } from '../types.ts'
import type { NdArray } from './array.ts'

/** What a kernel gets: its inputs, and its outputs' shapes and dtypes. */
export interface KernelContext {
  readonly x: readonly NdArray[]
  readonly shapes: readonly (readonly number[])[]
  readonly dtypes: readonly DType[]
}
export type Kernel<K extends OpName> = (node: Node<K>, context: KernelContext) => readonly NdArray[]
