import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { readOnnx } from '../../src/graph/onnx/read.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import { bind } from '../../src/graph/transforms.ts'
import { headNames, withHead } from '../../src/model/head.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import { fitImage } from '../../src/pipeline/fit.ts'
import { toTensor } from '../../src/pipeline/tensor.ts'
import { noisyImage } from '../pipeline/pictures.ts'
import { card, randomWeights, tinyParts } from './made.ts'

test('buildBundle() is a graph from pixels of any size to probabilities', () => {
  const { graph } = readOnnx(buildBundle(tinyParts()), 'it')
  assert.deepEqual(graph.inputs, [{ name: 'image', dtype: 'uint8', shape: ['N', 'H', 'W', 3] }])
  assert.deepEqual(graph.outputs, [{ name: 'probabilities', dtype: 'float32', shape: ['N', 3] }])
})

test('buildBundle() holds folded convolutions only: no batch norm, no arithmetic on weights', () => {
  const { graph } = readOnnx(buildBundle(tinyParts()), 'it')
  const ops = new Set(graph.nodes.map(node => node.op))
  const network = ['Add', 'Cast', 'Clip', 'Conv', 'Div', 'Flatten', 'Gemm', 'GlobalAveragePool']
  assert.deepEqual([...ops].sort(), [...network, 'Resize', 'Softmax', 'Sub', 'Transpose'])
  const computed = graph.nodes.filter(node => node.inputs.every(input => graph.initializers.has(input)))
  assert.deepEqual(computed, [])
})

test('buildBundle() writes the metadata of Ultralytics, our own, and the seal', () => {
  const { metadata } = readOnnx(buildBundle(tinyParts()), 'it')
  assert.deepEqual(Object.keys(metadata), ['task', 'names', 'imgsz', 'graft', 'graft.sha256'])
  assert.equal(metadata['task'], 'classify')
  assert.equal(metadata['names'], "{0: 'ant', 1: 'bee', 2: 'cactus'}")
  assert.equal(metadata['imgsz'], '[32, 32]')
  assert.deepEqual(JSON.parse(metadata['graft']!), {
    format: 1,
    classNames: ['ant', 'bee', 'cactus'],
    preprocessing: { size: 32, fit: 'squash', background: [255, 255, 255] },
    head: { pooling: 'average', activation: 'softmax' },
    temperature: 1,
    card,
  })
})

test('buildBundle() gives the same bytes for the same parts', () => {
  assert.deepEqual(buildBundle(tinyParts()), buildBundle(tinyParts()))
})

/** Rounding of a network whose batch norm was folded into its convolutions. */
const tolerance = 1e-5

const heads = [
  { pooling: 'average', activation: 'softmax', classes: 3 },
  { pooling: 'max', activation: 'softmax', classes: 2 },
  { pooling: 'average', activation: 'sigmoid', classes: 2 },
] as const

for (const head of heads)
  for (const temperature of [1, 2.5])
    test(`buildBundle() ${head.activation} of ${head.classes}, ${head.pooling} pooling, temperature ${temperature}, is the network on the pipeline’s pixels`, async () => {
      const classNames = ['ant', 'bee', 'cactus'].slice(0, head.classes)
      const parts = tinyParts({ head, classNames, temperature })
      const image = noisyImage(50, 40)

      const session = await openSession(bind(withHead(parts.backbone.graph, 'out_relu', head), parts.weights))
      const pixels = toTensor(fitImage(image, parts.preprocessing).data, 32)
      const { logits } = await session.run({ image: tensor('float32', [1, 3, 32, 32], pixels) })
      await session.close()
      const scores = Array.from(logits!.data as Float32Array, z => z / temperature)
      const odds = (head.activation === 'sigmoid' ? [0, ...scores] : scores).map(Math.exp)
      const expected = odds.map(value => value / odds.reduce((a, b) => a + b))

      const bundle = await openSession(loadBundle(buildBundle(parts)).graph)
      const { probabilities } = await bundle.run({ image: tensor('uint8', [1, 40, 50, 3], image.data) })
      await bundle.close()
      assert.deepEqual(probabilities!.shape, [1, head.classes])
      for (const [k, value] of Array.from(probabilities!.data as Float32Array).entries())
        assert.ok(Math.abs(value - expected[k]!) < tolerance, `class ${k}: ${value}, not ${expected[k]}`)
    })

test('buildBundle() says which weights are missing and which have no place', () => {
  const { weights } = tinyParts()
  const changed = new Map([...weights, ['Conv9/kernel', weights.get('Conv1/kernel')!] as const])
  changed.delete('bn_Conv1/gamma')
  assert.throws(() => buildBundle(tinyParts({ weights: changed })), {
    name: 'RangeError',
    message: "Expected the network's weights. Missing: [bn_Conv1/gamma], unknown: [Conv9/kernel]",
  })
})

test('buildBundle() refuses batch statistics, another size, and names that do not fit', () => {
  const batch = mobilenetV2({ alpha: 0.1, size: 32, batchStatisticsFrom: 0 })
  const large = mobilenetV2({ alpha: 0.1, size: 64 })
  const { weights } = tinyParts()
  assert.throws(() => buildBundle(tinyParts({ backbone: batch, weights: randomWeights(batch, 3) })), {
    name: 'RangeError',
    message: 'Expected batch norm with stored statistics. Received: batch statistics',
  })
  assert.throws(() => buildBundle(tinyParts({ backbone: large, weights: randomWeights(large, 3) })), {
    name: 'RangeError',
    message: 'Expected a backbone for 32 x 32 pixels. Received: 64 x 64',
  })
  const head = { pooling: 'average', activation: 'softmax', classes: 3 } as const
  assert.throws(() => buildBundle(tinyParts({ head, classNames: ['ant', 'bee'] })), {
    name: 'RangeError',
    message: 'Expected 3 class names. Received: 2',
  })
  const kernel = tensor('float32', [2, 3], new Float32Array(6))
  assert.throws(
    () => buildBundle(tinyParts({ weights: new Map([...weights, [headNames.kernel, kernel]]) })),
    {
      name: 'RangeError',
      message: 'Expected [1280,3] for "predictions/kernel". Received: [2,3]',
    },
  )
})

test('buildBundle() refuses class names that are not distinct, and figures that cannot be', () => {
  assert.throws(() => buildBundle(tinyParts({ classNames: ['ant', 'bee', 'ant'] })), {
    name: 'RangeError',
    message: 'Expected facts of a bundle. At "classNames": two classes have one name',
  })
  assert.throws(() => buildBundle(tinyParts({ temperature: 0 })), /^RangeError: .* At "temperature":/)
  const figures = {
    validation: { examples: 1, accuracy: Number.NaN, loss: 1, macroF1: 1, rocAuc: null },
    test: null,
  }
  assert.throws(
    () => buildBundle(tinyParts({ card: { ...card, figures } })),
    /^RangeError: .* At "card.figures.validation.accuracy":/,
  )
})

test('buildBundle() keeps class names of any letters', () => {
  const classNames = ['__proto__', 'constructor', '<b>&"\'', 'new\nline', '🌵', '\ud83c', 'e\u0301', '\u00e9']
  const bytes = buildBundle(tinyParts({ classNames }))
  assert.deepEqual(loadBundle(bytes).facts.classNames, classNames)
})
