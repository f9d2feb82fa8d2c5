import assert from 'node:assert/strict'
import { test } from 'node:test'
import { float32FromBfloat16, float32FromFloat16 } from '../../../src/model/weights/half.ts'

test('float32FromFloat16() knows the landmarks of IEEE 754 binary16', () => {
  const landmarks: readonly (readonly [number, number])[] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24], // smallest subnormal
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14], // smallest normal
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ]
  const values = float32FromFloat16(Uint16Array.from(landmarks, ([bits]) => bits))
  assert.deepEqual(
    [...values],
    landmarks.map(([, value]) => value),
  )
})

test('float32FromBfloat16() is the upper half of a float32', () => {
  const values = float32FromBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x0000, 0xff80, 0x0001))
  assert.deepEqual([...values], [1, -3.140625, 0, Number.NEGATIVE_INFINITY, Math.fround(2 ** -133)])
})
