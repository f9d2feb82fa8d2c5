/** Constant arrays: making them, and reading numbers out of them. */
import { elementCount } from './dims.ts'
import type { DType, Tensor, TensorData } from './types.ts'

const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>

/**
 * A tensor over the given data, which is not copied.
 *
 * @throws TypeError when the array's type does not hold the dtype
 * @throws RangeError when its length is not the shape's number of elements
 */
export function tensor(dtype: DType, shape: readonly number[], data: TensorData): Tensor {
  if (!(data instanceof arrayTypes[dtype])) {
    throw new TypeError(`Expected ${arrayTypes[dtype].name} for ${dtype}. Received: ${data.constructor.name}`)
  }
  const count = elementCount(shape)
  if (data.length !== count) {
    throw new RangeError(`Expected ${count} elements for shape [${shape}]. Received: ${data.length}`)
  }
  return { dtype, shape, data }
}

/** A tensor of numbers, converted to the dtype. */
export function tensorOf(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (dtype === 'int64') return tensor(dtype, shape, BigInt64Array.from(Array.from(values), BigInt))
  if (dtype === 'float16') throw new TypeError('Expected a dtype with native numbers. Received: float16')
  return tensor(dtype, shape, arrayTypes[dtype].from(values))
}

export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return tensor(dtype, shape, new arrayTypes[dtype](elementCount(shape)))
}

/** A new array for a number of elements. */
export function allocate(dtype: DType, count: number): TensorData {
  return new arrayTypes[dtype](count)
}

/** A tensor of the dtype over these bytes, which are copied when they are not aligned. */
export function tensorFromBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const type = arrayTypes[dtype]
  const width = type.BYTES_PER_ELEMENT
  if (bytes.byteLength % width !== 0) {
    throw new RangeError(`Expected a multiple of ${width} bytes for ${dtype}. Received: ${bytes.byteLength}`)
  }
  // Not slice(): that of a Buffer copies nothing.
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes)
  return tensor(
    dtype,
    shape,
    new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.byteLength / width),
  )
}

/** The tensor's little-endian bytes, not copied. */
export function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** The values as numbers; int64 beyond 2^53 loses precision. */
export function numbersOf({ dtype, data }: Tensor): number[] {
  if (dtype === 'float16') throw new TypeError('Expected a dtype with native numbers. Received: float16')
  return Array.from(data as ArrayLike<number | bigint>, Number)
}
