import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalWeights } from '../../../src/model/weights/canonical.ts'
import { readWeights } from '../../../src/model/weights/read.ts'
import { assertSameTensors, fixture, tinyCanonical, userError } from './support.ts'

/** Each of these was written by Keras, or as older releases wrote it; all hold the same weights. */
const formats = {
  'tiny.h5': 'keras-h5', // model.save, a nested backbone
  'keras2.h5': 'keras-h5', // save_weights of Keras 2
  'tiny.weights.h5': 'keras-v3',
  'tiny.keras': 'keras-v3',
  'unnamed.keras': 'keras-v3', // older Keras 3: names from config.json
  'tiny.safetensors': 'safetensors',
} as const

for (const [name, format] of Object.entries(formats)) {
  test(`readWeights() finds every weight of ${name} to the bit`, async () => {
    const file = await readWeights(fixture(name))
    assert.equal(file.format, format)
    assertSameTensors(canonicalWeights(file), tinyCanonical())
  })
}

test('readKerasV3() keeps the models around a layer in its name', async () => {
  const { tensors } = await readWeights(fixture('tiny.keras'))
  assert.ok(tensors.has('mobilenetv2_0.35_16/expanded_conv_depthwise/depthwise_kernel'))
  assert.ok(tensors.has('predictions/bias'))
})

test('readKerasV3() refuses a weights.h5 of an older Keras 3, which tells no names', async () => {
  await assert.rejects(
    readWeights(fixture('unnamed.weights.h5')),
    userError('weights', /does not tell the name .*\.keras/),
  )
})
