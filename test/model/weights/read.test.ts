import assert from 'node:assert/strict'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { canonicalWeights } from '../../../src/model/weights/canonical.ts'
import { readWeights } from '../../../src/model/weights/read.ts'
import type { UserError } from '../../../src/util/errors.ts'
import {
  assertSameTensors,
  fixture,
  fixtureBytes,
  temporaryFolder,
  tinyCanonical,
  userError,
} from './support.ts'

test('readWeights() goes by content, not by name', async t => {
  const odd = join(temporaryFolder(t), 'weights.onnx')
  copyFileSync(fixture('tiny.h5'), odd)
  assert.equal((await readWeights(odd)).format, 'keras-h5')
})

test('readWeights() takes the only weights in a folder, and asks which of several', async t => {
  const folder = temporaryFolder(t)
  await assert.rejects(readWeights(folder), userError('weights', /holds no weights/))
  copyFileSync(fixture('tiny.safetensors'), join(folder, 'a.safetensors'))
  assertSameTensors(canonicalWeights(await readWeights(folder)), tinyCanonical())
  copyFileSync(fixture('tiny.h5'), join(folder, 'b.h5'))
  await assert.rejects(readWeights(folder), userError('weights', /holds a.safetensors, b.h5 \| name the one/))
})

const contents: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  'an empty file': [new Uint8Array(0), /it is empty/],
  'a web page': [Buffer.from('<!DOCTYPE html><html>'), /it is a web page/],
  'a Python pickle': [Uint8Array.of(0x80, 2, 0x7d), /pickle/],
  'a TensorFlow Lite model': [Buffer.from('\x1c\0\0\0TFL3'), /TensorFlow Lite/],
  'an unknown file': [Buffer.from('hello'), /no known format .*safetensors/],
  'a zip archive cut short': [fixtureBytes('tiny.keras').subarray(0, 9000), /no readable zip/],
  'a safetensors file cut short': [fixtureBytes('tiny.safetensors').subarray(0, 1200), /the file has/],
  'an HDF5 file cut short': [fixtureBytes('tiny.h5').subarray(0, 5000), /cannot be (followed|read)/],
  'the signature of an HDF5 file': [fixtureBytes('tiny.h5').subarray(0, 8), /cannot be followed/],
  'an ONNX file cut short': [Uint8Array.of(8, 8, 18, 200), /Cannot read weights/],
}

for (const [what, [bytes, message]] of Object.entries(contents)) {
  test(`readWeights() refuses ${what}, naming it`, async t => {
    const path = join(temporaryFolder(t), 'some.file')
    writeFileSync(path, bytes)
    await assert.rejects(readWeights(path), userError('weights', message))
    await assert.rejects(readWeights(path), /some\.file/)
  })
}

test('readWeights() says so when there is no such file', async () => {
  await assert.rejects(readWeights('/nowhere/at/all.h5'), userError('weights', /no such file or folder/))
  await assert.rejects(
    readWeights('mobilenet_v2_0.35_97'),
    (error: UserError) => error.hint === 'did you mean "mobilenet_v2_0.35_96"?',
  )
})

const wide = '../shared/weights/mobilenet_v2_100_224/mobilenet_v2_100_224'
const halves = `${wide}_folded_f16.safetensors`
const skip =
  [`${wide}.onnx`, halves].filter(path => !existsSync(path)).map(path => `${path} is absent`)[0] ?? false

test('readWeights() finds the same weights in the float16 safetensors as in the ONNX file, rounded', {
  skip,
}, async () => {
  const exact = canonicalWeights(await readWeights(`${wide}.onnx`))
  const rounded = canonicalWeights(await readWeights(halves))
  assert.deepEqual([...rounded.keys()].sort(), [...exact.keys()].sort())
  for (const [name, { shape, data }] of exact) {
    const half = rounded.get(name)!
    assert.deepEqual(half.shape, shape)
    const worst = (half.data as Float32Array).reduce((most, value, i) => {
      const original = Number(data[i])
      return Math.max(most, Math.abs(value - original) / Math.max(Math.abs(original), 2 ** -14))
    }, 0)
    assert.ok(worst <= 2 ** -11, `${name}: ${worst}`) // half of the last of binary16's 11 bits
  }
})
