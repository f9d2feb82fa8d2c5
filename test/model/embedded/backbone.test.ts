import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { embeddedBackbone } from '../../../src/model/embedded/backbone.ts'
import { mobilenetV2 } from '../../../src/model/mobilenet-v2.ts'
import { matchWeights } from '../../../src/model/weights/match.ts'
import { readWeights } from '../../../src/model/weights/read.ts'

const { path, sha256, alpha, size } = embeddedBackbone()

test('embeddedBackbone() names a file of that checksum, of 1.5 MB at most', () => {
  assert.equal(createHash('sha256').update(readFileSync(path)).digest('hex'), sha256)
  assert.ok(statSync(path).size <= 1.5e6)
})

test('embeddedBackbone() has exactly the weights of MobileNetV2 of its width', async () => {
  const { graph, input } = mobilenetV2({ alpha, size })
  const wanted = graph.inputs.filter(({ name }) => name !== input)
  const shapes = new Map(wanted.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  const { tensors, top } = matchWeights(shapes, await readWeights(path))
  assert.equal(tensors.size, 260)
  assert.deepEqual(top, [])
})
