import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toTensor, toTensorNhwc } from '../../src/pipeline/tensor.ts'
import { noise } from './pictures.ts'

test('toTensor() maps 0..255 to [-1, 1]', () => {
  const pixels = Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3))
  const batch = toTensor(pixels, 16)
  for (let level = 0; level < 256; level++) assert.equal(batch[level], Math.fround(level / 127.5 - 1))
  assert.equal(batch[0], -1)
  assert.equal(batch[255], 1)
})

test('toTensor() puts channels before rows, picture by picture', () => {
  for (const size of [3, 32]) puts(size)
})

function puts(size: number): void {
  const pixels = noise(2 * size * size * 3)
  const batch = toTensor(pixels, size)
  for (let n = 0; n < 2; n++) {
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < size * size; i++) {
        const level = pixels[(n * size * size + i) * 3 + c]!
        assert.equal(batch[(n * 3 + c) * size * size + i], Math.fround(level / 127.5 - 1))
      }
    }
  }
}

test('toTensorNhwc() keeps the order of the bytes', () => {
  const pixels = noise(12)
  assert.deepEqual(
    toTensorNhwc(pixels, 2),
    Float32Array.from(pixels, level => level / 127.5 - 1),
  )
})

test('toTensor() writes into the array that it is given', () => {
  const out = new Float32Array(20).fill(9)
  assert.equal(toTensor(noise(12), 2, out), out)
  assert.deepEqual(out.subarray(12), new Float32Array(8).fill(9))
})

test('toTensor() refuses parts of pictures and too little room', () => {
  assert.throws(() => toTensor(noise(11), 2), RangeError)
  assert.throws(() => toTensor(noise(12), 2, new Float32Array(11)), RangeError)
})
