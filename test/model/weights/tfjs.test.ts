import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { diskFolder } from '../../../src/model/weights/folder.ts'
import { readWeights } from '../../../src/model/weights/read.ts'
import { readTfjs } from '../../../src/model/weights/tfjs.ts'
import type { WeightFile } from '../../../src/model/weights/types.ts'
import { fixture, temporaryFolder, tinyWeights, userError } from './support.ts'

interface Manifest {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly quantization?: object
}

/** Writes a layers model with one group of weights and reads it. */
async function modelOf(
  t: TestContext,
  weights: readonly Manifest[],
  shards: Readonly<Record<string, Uint8Array>>,
  more: object = {},
): Promise<WeightFile> {
  const folder = temporaryFolder(t)
  const model = { modelTopology: {}, weightsManifest: [{ paths: Object.keys(shards), weights }], ...more }
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model))
  for (const [name, bytes] of Object.entries(shards)) writeFileSync(join(folder, name), bytes)
  return readTfjs(diskFolder(folder))
}

const bytesOf = (values: Float32Array | Uint16Array | Int32Array): Uint8Array => new Uint8Array(values.buffer)

test('readTfjs() joins shards: a tensor may lie across two files', async t => {
  const bytes = bytesOf(Float32Array.of(1, 2, 3, 4, 5))
  const weights = [
    { name: 'a/kernel', shape: [3], dtype: 'float32' },
    { name: 'b/kernel', shape: [1, 2], dtype: 'float32' },
  ]
  const { tensors } = await modelOf(t, weights, {
    'g1-1.bin': bytes.slice(0, 10),
    'g1-2.bin': bytes.slice(10),
  })
  assert.deepEqual(tensors.get('a/kernel'), { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) })
  assert.deepEqual(tensors.get('b/kernel'), { dtype: 'float32', shape: [1, 2], data: Float32Array.of(4, 5) })
})

test('readTfjs() dequantises uint8, uint16 and float16 as TensorFlow.js does: stored * scale + min', async t => {
  const weights = [
    { name: 'a', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
    { name: 'b', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.25, min: 2 } },
    {
      name: 'c',
      shape: [2],
      dtype: 'float32',
      quantization: { dtype: 'float16', original_dtype: 'float32' },
    },
  ]
  const bytes = new Uint8Array(3 + 4 + 4)
  bytes.set([0, 1, 255])
  bytes.set(bytesOf(Uint16Array.of(0, 65535, 0x3c00, 0xc000)), 3)
  const { tensors } = await modelOf(t, weights, { 'weights.bin': bytes })
  assert.deepEqual(tensors.get('a')?.data, Float32Array.of(-1, -0.5, 126.5))
  assert.deepEqual(tensors.get('b')?.data, Float32Array.of(2, 16385.75))
  assert.deepEqual(tensors.get('c')?.data, Float32Array.of(1, -2))
})

test('readTfjs() finds the nested weights, models and labels of a Teachable Machine zip', async () => {
  const { tensors, metadata, format } = await readWeights(fixture('teachable-machine.zip'))
  const expected = [...tinyWeights()].filter(([name]) => !name.startsWith('predictions/'))
  for (const [name, tensor] of expected) assert.deepEqual(tensors.get(name), tensor, name)
  assert.deepEqual([...tensors.keys()].slice(expected.length), [
    'dense_Dense1/kernel',
    'dense_Dense1/bias',
    'dense_Dense2/kernel',
  ])
  assert.equal(metadata['models'], 'sequential_4 sequential_1 mobilenetv2_0.35_16 sequential_3')
  assert.deepEqual(JSON.parse(metadata['labels']!), ['cactus', 'no cactus'])
  assert.equal(format, 'tfjs')
})

const one = { name: 'a', shape: [2], dtype: 'float32' }
const eight = { 'weights.bin': new Uint8Array(8) }

const broken: Readonly<
  Record<
    string,
    readonly [weights: Manifest[], shards: Record<string, Uint8Array>, message: RegExp, more?: object]
  >
> = {
  'weights that are cut short': [[one], { 'weights.bin': new Uint8Array(7) }, /"a" ends at byte 8 of 7/],
  'weights with bytes to spare': [
    [one],
    { 'weights.bin': new Uint8Array(9) },
    /1 bytes of its weights belong to no tensor/,
  ],
  'a name that is listed twice': [
    [
      { ...one, shape: [1] },
      { ...one, shape: [1] },
    ],
    eight,
    /"a" is listed twice/,
  ],
  'an impossible shape': [[{ ...one, shape: [2 ** 31, 2 ** 31] }], eight, /impossible shape/],
  'a negative size': [[{ ...one, shape: [-1] }], eight, /is no TensorFlow.js layers model/],
  'text as weights': [[{ ...one, dtype: 'string' }], eight, /"a" has the type string/],
  'quantised integers': [
    [{ ...one, dtype: 'int32', quantization: { dtype: 'uint8', scale: 1, min: 0 } }],
    eight,
    /quantised int32/,
  ],
  'a quantisation without a scale': [[{ ...one, quantization: { dtype: 'uint8' } }], eight, /quantization/],
  'a graph model': [[one], eight, /graph model/, { format: 'graph-model' }],
  'no manifest': [[one], eight, /weightsManifest/, { weightsManifest: undefined }],
  'a path out of its folder': [
    [one],
    {},
    /outside of the model's folder/,
    { weightsManifest: [{ paths: ['../secret'], weights: [one] }] },
  ],
  'an absolute path': [
    [one],
    {},
    /outside of the model's folder/,
    { weightsManifest: [{ paths: ['/etc/hostname'], weights: [one] }] },
  ],
  'a web address': [
    [one],
    {},
    /outside of the model's folder/,
    { weightsManifest: [{ paths: ['http://x/y'], weights: [one] }] },
  ],
  'a shard that is absent': [
    [one],
    {},
    /no such file/,
    { weightsManifest: [{ paths: ['gone.bin'], weights: [one] }] },
  ],
}

for (const [what, [weights, shards, message, more]] of Object.entries(broken)) {
  test(`readTfjs() refuses ${what}`, async t => {
    await assert.rejects(modelOf(t, weights, shards, more), userError('weights', message))
  })
}

test('readTfjs() refuses a model.json that is no JSON, or a folder', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'model.json'), '{"weightsManifest": [')
  await assert.rejects(readTfjs(diskFolder(folder)), userError('weights', /"model.json" is no JSON/))
  mkdirSync(join(folder, 'sub'))
  await assert.rejects(readTfjs(diskFolder(folder), 'sub'), userError('weights', /it is no file/))
})
