/** One buffer with a place for each value of a graph, so that all of them cross to another thread without a copy. */
import { elementCount } from '../dims.ts'
import { tensor } from '../tensor.ts'
import type { Tensor, ValueInfo } from '../types.ts'

/** What travels: inputs on the way out, outputs on the way back. */
export interface Carrier {
  readonly buffer: ArrayBuffer
  /** Of the batch, in every value that has rows. */
  readonly rows: number
}

/** Each place begins where the engine's vector instructions like it, in bytes. */
const alignment = 64

/** Whether a value has a row for each example of the batch: its first size is known only when the graph runs. */
export function hasRows({ shape }: ValueInfo): boolean {
  return typeof shape[0] === 'string'
}

/** A buffer for these values. */
export function carrierFor(values: readonly ValueInfo[], rows: number): Carrier {
  const bytes = values.reduce((sum, value) => sum + room(shapeOf(value, rows)), 0)
  return { buffer: new ArrayBuffer(bytes), rows }
}

/** The values in a buffer that was made for them, by name, as views. */
export function arraysIn({ buffer, rows }: Carrier, values: readonly ValueInfo[]): Record<string, Tensor> {
  let start = 0
  const arrays = values.map(value => {
    const shape = shapeOf(value, rows)
    const data = new Float32Array(buffer, start, elementCount(shape))
    start += room(shape)
    return [value.name, tensor('float32', shape, data)] as const
  })
  return Object.fromEntries(arrays)
}

function shapeOf(value: ValueInfo, rows: number): number[] {
  const [first, ...rest] = value.shape
  if (first === undefined) return []
  return [typeof first === 'string' ? rows : first, ...(rest as number[])]
}

function room(shape: readonly number[]): number {
  return Math.ceil((elementCount(shape) * Float32Array.BYTES_PER_ELEMENT) / alignment) * alignment
}
