import assert from 'node:assert/strict'
import { test } from 'node:test'
import { float16FromFloat32 } from '../../src/distill/half.ts'
import { float32FromFloat16 } from '../../src/model/weights/half.ts'

test('float16FromFloat32() gives back every finite half-precision number', () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, value) => value).filter(
    value => (value & 0x7c00) !== 0x7c00,
  )
  assert.deepEqual(float16FromFloat32(float32FromFloat16(bits)), bits)
})

test('float16FromFloat32() rounds to the nearest, ties to even', () => {
  // IEEE 754: 1 + 2^-11 lies between 1 and 1 + 2^-10; 65520 rounds to infinity.
  const values = [
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    1 + 2 ** -11 + 2 ** -20,
    65519,
    65520,
    2 ** -25,
    2 ** -24 * 1.5,
  ]
  assert.deepEqual(
    [...float16FromFloat32(Float32Array.from(values))],
    [0x3c00, 0x3c02, 0x3c01, 0x7bff, 0x7c00, 0, 2],
  )
})
