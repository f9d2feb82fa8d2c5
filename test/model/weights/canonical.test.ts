import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tensor } from '../../../src/graph/types.ts'
import {
  alphaOf,
  canonicalName,
  canonicalWeights,
  guessLayout,
} from '../../../src/model/weights/canonical.ts'
import type { WeightFile, WeightLayout } from '../../../src/model/weights/types.ts'
import { userError } from './support.ts'

const counted = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1)
  return { dtype: 'float32', shape, data: Float32Array.from({ length: size }, (_, i) => i) }
}

function fileOf(layout: WeightLayout, tensors: Readonly<Record<string, Tensor>>): WeightFile {
  return {
    path: 'made',
    format: 'safetensors',
    layout,
    tensors: new Map(Object.entries(tensors)),
    metadata: {},
  }
}

const names: Readonly<Record<string, string>> = {
  'Conv1/kernel': 'Conv1/kernel',
  'Conv1/Conv1/kernel:0': 'Conv1/kernel',
  'MobilenetV2/bn_Conv1/gamma:0': 'bn_Conv1/gamma',
  'mobilenetv2_1.00_96/block_3_expand_BN/moving_variance': 'block_3_expand_BN/moving_variance',
  'mobilenetv2_0.35_16/Conv_1_bn/Conv_1_bn/beta:0': 'Conv_1_bn/beta',
  'block_1_depthwise/depthwise_kernel:0': 'block_1_depthwise/depthwise_kernel',
  'block_1_depthwise/kernel': 'block_1_depthwise/depthwise_kernel',
  'expanded_conv_depthwise/bias': 'expanded_conv_depthwise/bias',
  'block_1_depthwise_BN/beta': 'block_1_depthwise_BN/beta',
  'predictions/kernel:0': 'predictions/kernel',
  lonely: 'lonely',
}

for (const [name, canonical] of Object.entries(names)) {
  test(`canonicalName() of "${name}" is "${canonical}"`, () => {
    assert.equal(canonicalName(name), canonical)
  })
}

test('canonicalWeights() turns [h, w, in, out] into [out, in, h, w]', () => {
  const kernel = canonicalWeights(fileOf('keras', { 'Conv1/kernel': counted(2, 3, 4, 5) })).get(
    'Conv1/kernel',
  )!
  assert.deepEqual(kernel.shape, [5, 4, 2, 3])
  for (const [h, w, i, o] of [
    [0, 0, 0, 0],
    [1, 2, 3, 4],
    [1, 0, 2, 1],
    [0, 2, 1, 3],
  ] as const) {
    assert.equal(kernel.data[((o * 4 + i) * 2 + h) * 3 + w], ((h * 3 + w) * 4 + i) * 5 + o)
  }
})

test('canonicalWeights() turns [h, w, channels, multiplier] into [channels * multiplier, 1, h, w]', () => {
  const kernel = canonicalWeights(fileOf('keras', { 'a_depthwise/kernel': counted(3, 2, 4, 2) })).get(
    'a_depthwise/depthwise_kernel',
  )!
  assert.deepEqual(kernel.shape, [8, 1, 3, 2])
  for (const [h, w, c, m] of [
    [0, 0, 0, 0],
    [2, 1, 3, 1],
    [1, 0, 2, 1],
  ] as const) {
    assert.equal(kernel.data[((c * 2 + m) * 3 + h) * 2 + w], ((h * 2 + w) * 4 + c) * 2 + m)
  }
})

test('canonicalWeights() leaves ONNX layouts and Keras dense kernels as they are', () => {
  const onnx = { 'Conv1/kernel': counted(4, 3, 3, 3), 'a_depthwise/depthwise_kernel': counted(4, 1, 3, 3) }
  assert.deepEqual(Object.fromEntries(canonicalWeights(fileOf('onnx', onnx))), onnx)
  const dense = { 'predictions/kernel': counted(4, 3), 'predictions/bias': counted(3) }
  assert.deepEqual(Object.fromEntries(canonicalWeights(fileOf('keras', dense))), dense)
})

test('canonicalWeights() sets a dense kernel of ONNX upright when its bias says that it lies', () => {
  const lying = canonicalWeights(
    fileOf('onnx', { 'predictions/kernel': counted(3, 2), 'predictions/bias': counted(3) }),
  )
  assert.deepEqual(lying.get('predictions/kernel'), {
    dtype: 'float32',
    shape: [2, 3],
    data: Float32Array.of(0, 2, 4, 1, 3, 5),
  })
  const upright = { 'predictions/kernel': counted(2, 3), 'predictions/bias': counted(3) }
  assert.deepEqual(Object.fromEntries(canonicalWeights(fileOf('onnx', upright))), upright)
})

test('canonicalWeights() makes float32 of half and double precision, and refuses integers', () => {
  const half: Tensor = { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }
  const double: Tensor = { dtype: 'float64', shape: [1], data: Float64Array.of(0.1) }
  const weights = canonicalWeights(fileOf('onnx', { 'a/bias': half, 'b/bias': double }))
  assert.deepEqual(weights.get('a/bias')?.data, Float32Array.of(1, -2))
  assert.deepEqual(weights.get('b/bias')?.data, Float32Array.of(0.1))
  const integers: Tensor = { dtype: 'int32', shape: [1], data: Int32Array.of(1) }
  assert.throws(
    () => canonicalWeights(fileOf('onnx', { 'a/bias': integers })),
    userError('weights', /"a\/bias" has the type int32/),
  )
})

test('canonicalWeights() refuses two tensors of one canonical name, naming both', () => {
  const twins = { 'one/Conv1/kernel': counted(1, 1, 1, 1), 'two/Conv1/kernel': counted(1, 1, 1, 1) }
  assert.throws(
    () => canonicalWeights(fileOf('keras', twins)),
    userError('weights', /"one\/Conv1\/kernel" and "two\/Conv1\/kernel"/),
  )
})

test('guessLayout() goes by depthwise kernels, then by square leading sizes', () => {
  const guess = (tensors: Record<string, Tensor>) => guessLayout(new Map(Object.entries(tensors)))
  assert.equal(guess({ 'a_depthwise/kernel': counted(8, 1, 3, 3) }), 'onnx')
  assert.equal(
    guess({ 'a_depthwise/depthwise_kernel': counted(3, 3, 8, 1), 'Conv1/kernel': counted(3, 3, 3, 8) }),
    'keras',
  )
  assert.equal(guess({ 'Conv1/kernel': counted(3, 3, 3, 8) }), 'keras')
  assert.equal(guess({ 'Conv1/kernel': counted(8, 3, 3, 3) }), 'onnx')
  assert.equal(guess({ 'dense/kernel': counted(8, 3) }), 'onnx')
})

test('alphaOf() reads the width off the last block, and says null of other networks', () => {
  for (const [alpha, channels] of [
    [0.35, 112],
    [0.5, 160],
    [1, 320],
    [1.4, 448],
  ] as const) {
    assert.equal(alphaOf(new Map([['block_16_project/kernel', counted(channels, 8, 1, 1)]])), alpha)
  }
  assert.equal(alphaOf(new Map([['Conv1/kernel', counted(8, 3, 3, 3)]])), null)
})
