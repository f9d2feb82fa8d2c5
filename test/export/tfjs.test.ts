/** Layers models for TensorFlow.js: read back by Graft's own reader, they answer as the bundle does. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { openClassifier } from '../../src/bundle/classifier.ts'
import { type Bundle, loadBundle } from '../../src/bundle/load-bundle.ts'
import type { BundleParts } from '../../src/bundle/parts.ts'
import { writeExport } from '../../src/export/folder.ts'
import { kerasLayers } from '../../src/export/keras-layers.ts'
import { tfjsFiles } from '../../src/export/tfjs.ts'
import { openTfjsExport } from '../../src/export/tfjs-engine.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import type { Graph } from '../../src/graph/types.ts'
import { headNames } from '../../src/model/head.ts'
import { matchWeights } from '../../src/model/weights/match.ts'
import { readWeights } from '../../src/model/weights/read.ts'
import { tinyParts } from '../bundle/made.ts'
import { noisyImage, smoothImage, temporaryFolder } from '../pipeline/pictures.ts'

const pictures = [noisyImage(32, 32), smoothImage(32, 32)]

async function answersOf(bundle: Bundle): Promise<number[]> {
  const classifier = await openClassifier(bundle)
  const rows = await classifier.probabilities(pictures)
  await classifier.close()
  return rows.flatMap(row => [...row])
}

/** The bundle that the weights and the head of an exported folder make. */
async function readBack(
  context: TestContext,
  bundle: Bundle,
  { backbone, ...parts }: BundleParts,
): Promise<Bundle> {
  const folder = `${temporaryFolder(context)}/tfjs`
  await writeExport(folder, tfjsFiles(bundle, 'tiny'), async () => ({}))
  const file = await readWeights(folder)
  assert.equal(file.format, 'tfjs')
  assert.deepEqual(JSON.parse(file.metadata['labels']!), parts.classNames)
  const expected = new Map(
    backbone.graph.inputs
      .filter(({ name }) => name !== backbone.input)
      .map(({ name, shape }) => [name, { shape: shape as readonly number[] }]),
  )
  const { tensors, top, folded } = matchWeights(expected, file)
  assert.ok(folded, 'batch norm is folded')
  const [head] = top
  const weights = new Map([...tensors, [headNames.kernel, head!.kernel], [headNames.bias, head!.bias!]])
  const softmax = { ...parts.head, activation: 'softmax' } as const
  return loadBundle(buildBundle({ ...parts, backbone, head: softmax, temperature: 1, weights }))
}

const heads: Readonly<Record<string, Partial<BundleParts>>> = {
  'softmax, average pooling': {},
  'softmax with a temperature, max pooling': {
    temperature: 1.7,
    head: { pooling: 'max', activation: 'softmax', classes: 3 },
  },
  'one sigmoid with a temperature': {
    temperature: 0.6,
    head: { pooling: 'average', activation: 'sigmoid', classes: 2 },
    classNames: ['ant', 'bee'],
  },
}

for (const [what, changes] of Object.entries(heads))
  test(`tfjsFiles() are read back to the same answers: ${what}`, async context => {
    const parts = tinyParts(changes)
    const bundle = loadBundle(buildBundle(parts))
    const again = await readBack(context, bundle, parts)
    const [wanted, found] = [await answersOf(bundle), await answersOf(again)]
    for (const [at, value] of wanted.entries()) assert.ok(Math.abs(value - found[at]!) < 1e-5, `${value}`)
  })

for (const fit of ['squash', 'pad', 'crop'] as const)
  test(`openTfjsExport() answers as the bundle does, ${fit}`, async context => {
    const preprocessing = { size: 32, fit, background: [10, 200, 30] } as const
    const bundle = loadBundle(buildBundle(tinyParts({ preprocessing })))
    const folder = `${temporaryFolder(context)}/tfjs`
    await writeExport(folder, tfjsFiles(bundle, 'tiny'), async () => ({}))
    const [engine, classifier] = [await openTfjsExport(folder), await openClassifier(bundle)]
    for (const picture of [noisyImage(50, 40), smoothImage(20, 64)]) {
      const [wanted] = await classifier.probabilities([picture])
      const found = await engine.run(picture)
      for (const [k, value] of wanted!.entries()) assert.ok(Math.abs(value - found[k]!) < 1e-5)
    }
    await Promise.all([engine.close(), classifier.close()])
  })

interface WrittenLayer {
  readonly class_name: string
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly inbound_nodes: readonly (readonly (readonly unknown[])[])[]
}

function writtenLayers(bundle: Bundle): WrittenLayer[] {
  return JSON.parse(tfjsFiles(bundle, 'tiny').get('model.json') as string).modelTopology.config.layers
}

test('tfjsFiles() has the layers of Keras, in order, under their names', () => {
  const layers = writtenLayers(loadBundle(buildBundle(tinyParts())))
  const begin = layers.slice(0, 8).map(layer => `${layer.class_name} ${layer.name}`)
  assert.deepEqual(begin, [
    'InputLayer input_1',
    'ZeroPadding2D Conv1_pad',
    'Conv2D Conv1',
    'ReLU Conv1_relu',
    'DepthwiseConv2D expanded_conv_depthwise',
    'ReLU expanded_conv_depthwise_relu',
    'Conv2D expanded_conv_project',
    'Add expanded_conv_add',
  ])
  assert.deepEqual(
    layers.slice(-4).map(({ name }) => name),
    ['Conv_1', 'out_relu', 'global_average_pooling2d', 'predictions'],
  )
  const seen = new Set<unknown>()
  for (const { name, inbound_nodes } of layers) {
    for (const [from] of inbound_nodes.flat()) assert.ok(seen.has(from), `${name} reads ${from}`)
    assert.ok(!seen.has(name), name)
    seen.add(name)
  }
})

test('tfjsFiles() pads as TensorFlow does: at the bottom and right of what a stride of 2 goes over', () => {
  const layers = writtenLayers(loadBundle(buildBundle(tinyParts())))
  const pads = layers.filter(layer => layer.class_name === 'ZeroPadding2D')
  assert.deepEqual(
    pads.map(({ name }) => name),
    ['Conv1_pad', 'block_1_pad', 'block_3_pad', 'block_6_pad', 'block_13_pad'],
  )
  // At 32 pixels the last stride goes from 2 pixels to 1; all sizes are even.
  for (const { config } of pads)
    assert.deepEqual(config['padding'], [
      [0, 1],
      [0, 1],
    ])
})

test('tfjsFiles() lists as many bytes as it has', () => {
  const files = tfjsFiles(loadBundle(buildBundle(tinyParts())), 'tiny')
  const [{ weights }] = JSON.parse(files.get('model.json') as string).weightsManifest
  const numbers = weights.reduce(
    (sum: number, { shape }: { shape: number[] }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  )
  assert.equal((files.get('weights.bin') as Uint8Array).length, 4 * numbers)
})

test("tfjsFiles() has Teachable Machine's metadata", () => {
  const metadata = JSON.parse(
    tfjsFiles(loadBundle(buildBundle(tinyParts())), 'my "pets"').get('metadata.json') as string,
  )
  assert.deepEqual(metadata.labels, ['ant', 'bee', 'cactus'])
  assert.equal(metadata.imageSize, 32)
  assert.equal(metadata.modelName, 'my "pets"')
})

test('tfjsFiles() refuses a network that has no layers, and names the operator', () => {
  const bundle = loadBundle(buildBundle(tinyParts()))
  const nodes = bundle.graph.nodes.map(node =>
    node.name === 'block_1_expand_relu' ? { ...node, op: 'Tanh', inputs: node.inputs.slice(0, 1) } : node,
  )
  assert.throws(() => tfjsFiles({ ...bundle, graph: { ...bundle.graph, nodes } as Graph }, 'tiny'), {
    name: 'UserError',
    code: 'model',
    message:
      /^Cannot export "the model" to TensorFlow\.js: the operator Tanh of "block_1_expand_relu" has no layer$/,
  })
})

/** A convolution in groups, or a Clip from below 0. */
function odd(kind: 'groups' | 'bound'): Graph {
  const g = graphBuilder('odd')
  const x = g.input('x', 'float32', ['N', 4, 4, 4])
  const w = g.initializer('w', tensorOf('float32', [4, 2, 1, 1], new Float32Array(8)))
  const y =
    kind === 'groups'
      ? g.add('Conv', [x, w], { group: 2 }, 'y')
      : g.add('Clip', [x, g.constant('float32', [], [-1]), g.constant('float32', [], [1])], {}, 'y')
  return g.build([y])
}

test('kerasLayers() refuses groups and bounds that Keras has no layer for', () => {
  assert.throws(() => kerasLayers(odd('groups')), { message: 'the convolution "y" has 2 groups' })
  assert.throws(() => kerasLayers(odd('bound')), { message: '"y" is bounded by -1 below, a ReLU by 0' })
})
