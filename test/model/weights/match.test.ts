import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import type { Tensor } from '../../../src/graph/types.ts'
import { batchNormOf, withBatchNorm } from '../../../src/model/weights/folded.ts'
import { type ExpectedWeights, matchWeights } from '../../../src/model/weights/match.ts'
import { renamedByOrder } from '../../../src/model/weights/order.ts'
import { readWeights } from '../../../src/model/weights/read.ts'
import type { WeightFile } from '../../../src/model/weights/types.ts'
import { fixture, tinyCanonical, userError } from './support.ts'

const filled = (value: number, ...shape: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
})

function fileOf(tensors: ReadonlyMap<string, Tensor>): WeightFile {
  return { path: 'made.onnx', format: 'onnx', layout: 'onnx', tensors, metadata: {} }
}

/** What the backbone of the tiny fixtures wants. */
function tinyExpected(): Map<string, { shape: readonly number[] }> {
  return new Map([...tinyCanonical()].filter(([name]) => !name.startsWith('predictions/')))
}

test('matchWeights() gives exactly the expected tensors, and the head apart', async () => {
  const expected = tinyExpected()
  const { tensors, top, folded } = matchWeights(expected, await readWeights(fixture('tiny.h5')))
  assert.deepEqual([...tensors.keys()], [...expected.keys()])
  assert.deepEqual(
    top.map(({ name, kernel, bias }) => [name, kernel.shape, bias?.shape]),
    [['predictions', [4, 3], [3]]],
  )
  assert.equal(folded, false)
})

test('matchWeights() gives both dense layers of a Teachable Machine project, the last without bias', async () => {
  const { top } = matchWeights(tinyExpected(), await readWeights(fixture('teachable-machine.zip')))
  assert.deepEqual(
    top.map(({ name, kernel, bias }) => [name, kernel.shape, bias?.shape ?? null]),
    [
      ['dense_Dense1', [4, 5], [5]],
      ['dense_Dense2', [5, 2], null],
    ],
  )
})

test('matchWeights() takes a head that the model asks for as a weight like any other', () => {
  const all = tinyCanonical()
  const { tensors, top } = matchWeights(all, fileOf(all))
  assert.equal(tensors.size, all.size)
  assert.deepEqual(top, [])
})

test('matchWeights() knows the layers of an older Keras by their order', async () => {
  const expected = tinyExpected()
  const { tensors, top, byOrder } = matchWeights(expected, await readWeights(fixture('renamed.h5')))
  assert.equal(byOrder, true)
  assert.deepEqual(
    [...tensors],
    [...tinyCanonical()].filter(([name]) => expected.has(name)),
  )
  assert.deepEqual(
    top.map(({ name }) => name),
    ['predictions'],
  )
})

test('renamedByOrder() wants the same variables and shapes at every place', () => {
  const expected = tinyExpected()
  const renamed = new Map([...tinyCanonical()].map(([name, tensor]) => [`old_${name}`, tensor]))
  assert.deepEqual(
    [...renamedByOrder(renamed, expected)!.keys()].filter(name => expected.has(name)),
    [...expected.keys()],
  )
  assert.equal(renamedByOrder(new Map([...renamed].reverse()), expected), null)
  assert.equal(renamedByOrder(new Map([...renamed].slice(0, 3)), expected), null)
  const swapped = new Map([...renamed].map(([name, tensor]) => [name.replace('gamma', 'scale'), tensor]))
  assert.equal(renamedByOrder(swapped, expected), null)
  assert.equal(renamedByOrder(new Map(renamed).set('old_bn_Conv1/beta', filled(0, 8)), expected), null)
})

test('matchWeights() counts what is missing, left over, of another shape and not finite, and shows the first', () => {
  const tensors = tinyCanonical()
  const expected = tinyExpected()
  for (const name of ['gamma', 'beta', 'moving_mean', 'moving_variance']) tensors.delete(`bn_Conv1/${name}`)
  tensors.set('Conv1/kernel', filled(0, 8, 3, 3, 3))
  tensors.set('surprise/weight', filled(0, 1))
  expected.set('late/beta', { shape: [2] })
  tensors.set('late/beta', filled(Number.NaN, 2))
  const total = expected.size
  const message = new RegExp(
    `"made.onnx" do not fit the model: of ${total} tensors, ` +
      '4 are missing: "bn_Conv1/gamma", "bn_Conv1/beta", "bn_Conv1/moving_mean" and 1 more; ' +
      '1 is left over: "surprise/weight"; ' +
      '1 is of another shape: "Conv1/kernel" is \\[8,3,3,3\\], not \\[4,3,3,3\\]; 1 is not finite: "late/beta"',
  )
  assert.throws(() => matchWeights(expected, fileOf(tensors)), userError('weights', message))
})

test('matchWeights() tells the width of the file and of the model when they differ', () => {
  const expected: ExpectedWeights = new Map([['block_16_project/kernel', { shape: [112, 336, 1, 1] }]])
  const file = fileOf(new Map([['block_16_project/kernel', filled(0, 320, 960, 1, 1)]]))
  assert.throws(
    () => matchWeights(expected, file),
    userError('weights', /holds a MobileNetV2 of alpha 1, the model has alpha 0.35/),
  )
})

test('batchNormOf() knows the three ways in which Keras names them', () => {
  assert.deepEqual(['Conv1', 'Conv_1', 'block_2_project'].map(batchNormOf), [
    'bn_Conv1',
    'Conv_1_bn',
    'block_2_project_BN',
  ])
})

test('withBatchNorm() turns a folded bias into a batch normalization that only adds it, in float32 exactly', () => {
  const bias = filled(0.7, 4)
  const expected = tinyExpected()
  const weights = withBatchNorm(new Map([['Conv1/bias', bias]]), name => expected.has(name))
  assert.deepEqual(
    [...weights.keys()],
    ['bn_Conv1/gamma', 'bn_Conv1/beta', 'bn_Conv1/moving_mean', 'bn_Conv1/moving_variance'],
  )
  const at = (name: string) => Number(weights.get(`bn_Conv1/${name}`)?.data[0])
  const deviation = Math.fround(Math.sqrt(Math.fround(at('moving_variance') + Math.fround(1e-3))))
  assert.equal(at('gamma') / deviation, 1)
  assert.equal(at('beta'), Math.fround(0.7))
  assert.equal(at('moving_mean'), 0)
})

test('withBatchNorm() keeps a bias that the model wants, and one whose batch normalization is there', () => {
  const wanted = new Map([['Conv1/bias', filled(1, 4)]])
  assert.deepEqual(
    withBatchNorm(wanted, () => true),
    wanted,
  )
  const both = new Map([...wanted, ['bn_Conv1/beta', filled(2, 4)] as const])
  assert.deepEqual(
    withBatchNorm(both, name => name === 'bn_Conv1/beta'),
    both,
  )
})

const folded = '../shared/weights/mobilenet_v2_100_224/mobilenet_v2_100_224.onnx'

test('matchWeights() puts batch normalization back into a folded ONNX file', {
  skip: existsSync(folded) ? false : `${folded} is absent`,
}, async () => {
  const expected = new Map([['Conv1/kernel', { shape: [32, 3, 3, 3] }]])
  for (const part of ['gamma', 'beta', 'moving_mean', 'moving_variance'])
    expected.set(`bn_Conv1/${part}`, { shape: [32] })
  const file = await readWeights(folded)
  const stem = new Map([...file.tensors].filter(([name]) => /^(Conv1|predictions)\//.test(name)))
  const matched = matchWeights(expected, { ...file, tensors: stem })
  assert.equal(matched.folded, true)
  assert.deepEqual(
    matched.top.map(({ name, kernel, bias }) => [name, kernel.shape, bias?.shape]),
    [['predictions', [1280, 1001], [1001]]],
  )
  assert.deepEqual(matched.tensors.get('bn_Conv1/beta'), file.tensors.get('Conv1/bias'))
})
