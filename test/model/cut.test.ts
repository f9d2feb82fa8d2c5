/** The network is cut where it costs least, never behind anything that is trained. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseCut } from '../../src/model/cut.ts'
import { withHead } from '../../src/model/head.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'

const backbone = mobilenetV2({ alpha: 1, size: 96 })
const graph = withHead(backbone.graph, backbone.output, { pooling: 'max', activation: 'softmax', classes: 2 })
const trainedFrom = (index: number): Set<string> =>
  new Set([
    ...backbone.layers.filter(layer => layer.index >= index).flatMap(layer => layer.parameters),
    'predictions/kernel',
    'predictions/bias',
  ])

test('chooseCut() takes the pooled features when only the head is trained', () => {
  const cut = chooseCut(graph, trainedFrom(1000), 'image')
  assert.deepEqual(cut, { value: 'pooled', shape: [1280] })
})

test("chooseCut() takes block 10's output for the tutorial's layer 100, not the six times wider expansion", () => {
  assert.equal(backbone.layers[100]!.name, 'block_11_expand_BN')
  const cut = chooseCut(graph, trainedFrom(100), 'image')
  assert.deepEqual(cut, { value: 'block_10_project_BN', shape: [96, 6, 6] })
})

test('chooseCut() takes the image when all is trained', () => {
  assert.deepEqual(chooseCut(graph, trainedFrom(0), 'image'), { value: 'image', shape: [3, 96, 96] })
})

test('chooseCut() never cuts behind a trained layer, nor inside of a residual block', () => {
  const inside = /_(expand|depthwise|project)(_BN|_relu)?$/
  for (let index = 3; index < backbone.layers.length; index++) {
    const { value } = chooseCut(graph, trainedFrom(index), 'image')
    const layer = backbone.layers.find(({ output }) => output === value)
    if (layer === undefined) continue
    const before = backbone.layers.slice(index, layer.index + 1)
    assert.ok(
      before.every(({ parameters }) => parameters.length === 0),
      value,
    )
    const block = value.match(/^block_(\d+)_/)?.[1]
    const isResidual = backbone.layers.some(({ name }) => name === `block_${block}_add`)
    assert.ok(!(isResidual && inside.test(value)), value)
  }
})
