import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isH5, readH5 } from '../../../src/model/weights/h5.ts'
import { readKerasH5 } from '../../../src/model/weights/keras-h5.ts'
import { isKerasV3, readKerasV3 } from '../../../src/model/weights/keras-v3.ts'
import { UserError } from '../../../src/util/errors.ts'
import { randomOf } from '../../../src/util/random.ts'
import { fixtureBytes, tinyWeights, userError } from './support.ts'

const kernel = tinyWeights().get('Conv1/kernel')!
const only = (name: string) =>
  [...readH5(fixtureBytes(name), name).datasets.values()].map(dataset => dataset.read())

for (const name of ['storage-gzip.h5', 'storage-fletcher.h5', 'storage-double.h5']) {
  test(`readH5() reads ${name} to the bit`, () => {
    assert.deepEqual(only(name), [kernel])
  })
}

test('readH5() reads half precision', () => {
  const [tensor] = only('storage-half.h5')
  assert.deepEqual(tensor?.shape, kernel.shape)
  tensor?.data.forEach((value, i) => {
    assert.ok(Math.abs(Number(value) - Number(kernel.data[i])) <= 2 ** -11, `element ${i}`)
  })
})

const refused: Readonly<Record<string, RegExp>> = {
  'storage-lzf.h5': /"Conv1\/Conv1\/kernel:0" cannot be read .*32000/,
  'storage-latest.h5': /cannot be read .*default settings/,
  'storage-integer.h5': /has the type <i4; floats are read/,
  'storage-missing.h5': /only partly stored/,
}

for (const [name, message] of Object.entries(refused)) {
  test(`readH5() refuses ${name} and says why`, () => {
    assert.throws(() => only(name), userError('weights', message))
  })
}

test('readH5() reads texts of any length and of a fixed one, and has none where there are none', () => {
  const any = readH5(fixtureBytes('tiny.weights.h5'), 'x')
  assert.deepEqual(any.texts('layers/functional/vars', 'name'), ['mobilenetv2_0.35_16'])
  assert.deepEqual(any.texts('layers/functional/vars', 'other'), [])
  assert.deepEqual(any.texts('nowhere', 'name'), [])
  const fixed = readH5(fixtureBytes('keras2.h5'), 'x')
  assert.deepEqual(fixed.texts('', 'layer_names'), [
    'Conv1',
    'bn_Conv1',
    'expanded_conv_depthwise',
    'predictions',
  ])
})

test('isH5() knows the signature and takes nothing shorter for it', () => {
  assert.ok(isH5(fixtureBytes('tiny.h5')))
  assert.ok(!isH5(fixtureBytes('tiny.h5').subarray(0, 7)))
  assert.ok(!isH5(fixtureBytes('tiny.keras')))
})

/** One to four bytes of the file changed, or its end cut off. */
function damaged(good: Uint8Array, seed: number): Uint8Array {
  const random = randomOf(seed, 'damage')
  if (random.next() < 0.1) return good.slice(0, random.integer(good.length))
  const bytes = good.slice()
  for (let i = random.integer(4); i >= 0; i--)
    bytes[random.integer(bytes.length)] = random.next() < 0.3 ? 255 : random.integer(256)
  return bytes
}

for (const name of ['tiny.h5', 'tiny.weights.h5', 'storage-gzip.h5']) {
  test(`readH5() ends with tensors or a UserError, however ${name} is damaged`, t => {
    t.mock.method(console, 'warn', () => {}) // jsfive warns of attributes it cannot read
    const good = fixtureBytes(name)
    let refusals = 0
    for (let seed = 0; seed < 300; seed++) {
      try {
        const file = readH5(damaged(good, seed), name)
        if (isKerasV3(file)) readKerasV3(file, name)
        else readKerasH5(file, name)
      } catch (error) {
        assert.ok(error instanceof UserError, `seed ${seed}: ${error}`)
        refusals++
      }
    }
    assert.ok(refusals > 30, `${refusals} of 300 were refused`)
  })
}
