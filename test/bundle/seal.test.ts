import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSealed, seal } from '../../src/bundle/seal.ts'
import { readOnnxMetadata } from '../../src/graph/onnx/read.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { smallNetwork } from '../graph/small-network.ts'

const model = writeOnnx(smallNetwork('batch', 'float32').graph, { metadata: { names: 'a' } })

test('seal() adds one text to the metadata, which readers of ONNX see', () => {
  const metadata = readOnnxMetadata(seal(model))
  assert.deepEqual(Object.keys(metadata), ['names', 'graft.sha256'])
  assert.match(metadata['graft.sha256']!, /^[0-9a-f]{64}$/)
})

test('isSealed() tells every changed, missing and added byte', () => {
  const sealed = seal(model)
  assert.ok(isSealed(sealed))
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed)
    changed[at]! ^= 1
    assert.ok(!isSealed(changed), `byte ${at}`)
    assert.ok(!isSealed(sealed.subarray(0, at)), `cut at ${at}`)
  }
  assert.ok(!isSealed(Uint8Array.of(...sealed, 0)))
  assert.ok(!isSealed(model))
})
