/** Weights in half precision: IEEE 754 binary16, half the bytes. */
import { tensor } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'

/** Float32 tensors as float16, rounded to the nearest, ties to even; what is too large becomes infinite. */
export function halfPrecision(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      tensor('float16', shape, float16FromFloat32(data as Float32Array)),
    ]),
  )
}

/** The bits of binary16. */
export function float16FromFloat32(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, bitsOf)
}

function bitsOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00
  // 65520 lies halfway between the largest number, 65504, and what would come next.
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  const steps = roundToEven(size / 2 ** (exponent - 10))
  // A carry out of the fraction moves the exponent up by itself; numbers below 2^-14 have exponent bits of 0.
  return sign | (((exponent + 14) << 10) + steps)
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
