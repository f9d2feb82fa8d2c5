/** Our MobileNetV2 against Keras' own: same weights, same pixels. The figures are in docs/parity.md. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { argmax } from '../../src/evaluate/argmax.ts'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { lower } from '../../src/graph/lowering/index.ts'
import { openSession, type Tensors } from '../../src/graph/session.ts'
import { bind, subgraph } from '../../src/graph/transforms.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'
import { headNames, withHead, withLoss } from '../../src/model/head.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import type { Backbone, BatchNormMode } from '../../src/model/types.ts'
import { canonicalName } from '../../src/model/weights/canonical.ts'
import { type MatchedWeights, matchWeights } from '../../src/model/weights/match.ts'
import { readWeights } from '../../src/model/weights/read.ts'
import { decodeImage } from '../../src/pipeline/decode.ts'
import { fitImage } from '../../src/pipeline/fit.ts'
import { toTensor } from '../../src/pipeline/tensor.ts'

interface Summary {
  readonly shape: readonly [number, number, number, number]
  readonly sum: number
  readonly sumOfSquares: number
  readonly sampleStep: number
  readonly sample: readonly number[]
}
interface Step {
  readonly loss: number
  readonly logits: readonly number[]
  readonly gradients: Readonly<
    Record<string, { readonly sum: number; readonly norm: number; readonly first: readonly number[] }>
  >
  readonly movingStatistics?: Readonly<Record<string, readonly number[]>>
}
interface Fixture {
  readonly alpha: number
  readonly forward: Readonly<
    Record<string, { readonly features: Summary; readonly mean?: number[]; readonly max?: number[] }>
  >
  readonly training: { readonly frozenStatistics: Step; readonly batchStatistics: Step }
  readonly layers: readonly (readonly [
    name: string,
    type: string,
    shape: readonly number[],
    parameters: number,
  ])[]
}

const keras: Fixture = JSON.parse(readFileSync('test/model/fixtures/keras-mobilenet-v2.json', 'utf8'))
const narrow = '../shared/weights/mobilenet_v2_035_224'
const wide = '../shared/weights/mobilenet_v2_100_224/mobilenet_v2_100_224.onnx'
const photos = '../shared/data/photos'
const skipWithout = (...paths: string[]): { skip: string | false } => ({
  skip: paths.filter(path => !existsSync(path)).map(path => `${path} is absent`)[0] ?? false,
})

/** The bound that the project sets itself; features reach 6, and float32 summed in another order differs by 2e-5. */
const featureTolerance = 1e-4
/** Relative to the norm of the tensor's gradient. */
const gradientTolerance = 2e-4
/** A shift in front of a batch norm with batch statistics changes nothing: what is left of its gradient is rounding. */
const gradientNoise = 1e-5

function float32(shape: readonly number[], data: ArrayLike<number>): Tensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) }
}

/** The pixels of scripts/parity/fixtures.py, in NCHW: ((x*7 + y*13 + c*29 + seed*31) mod 256) / 127.5 - 1. */
function pixels(size: number, seeds: readonly number[] = [0]): Tensor {
  const plane = size * size
  const data = Float32Array.from({ length: seeds.length * 3 * plane }, (_, i) => {
    const [seed, c, y, x] = [
      seeds[Math.floor(i / (3 * plane))]!,
      Math.floor(i / plane) % 3,
      Math.floor((i % plane) / size),
      i % size,
    ]
    return ((x * 7 + y * 13 + c * 29 + seed * 31) % 256) / 127.5 - 1
  })
  return float32([seeds.length, 3, size, size], data)
}

/** What the file holds of a graph's weights: the inputs whose names have a layer in front. */
function weightsOf(graph: Graph, path: string): Promise<MatchedWeights> {
  const inputs = graph.inputs.filter(({ name }) => name.includes('/'))
  const expected = new Map(inputs.map(({ name, shape }) => [name, { shape: shape as readonly number[] }]))
  return readWeights(path).then(file => matchWeights(expected, file))
}

async function run(graph: Graph, feeds: Tensors): Promise<Tensors> {
  const session = await openSession(graph)
  try {
    return await session.run(feeds)
  } finally {
    await session.close()
  }
}

const values = (tensor: Tensor | undefined): Float32Array => tensor!.data as Float32Array
const sumOf = (numbers: Iterable<number>): number => [...numbers].reduce((sum, value) => sum + value, 0)
const normOf = (numbers: Float32Array): number => Math.sqrt(sumOf(numbers.map(value => value * value)))

/** The largest difference, when none passes the tolerance. */
function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): number {
  assert.equal(actual.length, expected.length, what)
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    assert.ok(difference <= tolerance, `${what}, element ${i}: ${actual[i]} instead of ${expected[i]}`)
    largest = Math.max(largest, difference)
  }
  return largest
}

const exponent = (value: number): string => value.toExponential(1)

/** float32 [1, C, h, w] as the flat NHWC list that Keras has. */
function channelsLast({ shape, data }: Tensor): Float32Array {
  const [, channels = 0, height = 0, width = 0] = shape
  const plane = height * width
  return Float32Array.from({ length: data.length }, (_, i) =>
    Number(data[(i % channels) * plane + Math.floor(i / channels)]),
  )
}

/** One number for each channel of float32 [1, C, h, w]. */
function perChannel({ shape, data }: Tensor, reduce: (map: Float32Array) => number): number[] {
  const [, channels = 0, height = 0, width = 0] = shape
  const plane = height * width
  const mapOf = (channel: number) => (data as Float32Array).subarray(channel * plane, (channel + 1) * plane)
  return Array.from({ length: channels }, (_, channel) => reduce(mapOf(channel)))
}

for (const [size, { features, mean, max }] of Object.entries(keras.forward)) {
  test(`mobilenetV2() of ${size} pixels gives Keras' features within 1e-4`, skipWithout(narrow), async t => {
    const { graph, input, output } = mobilenetV2({ alpha: keras.alpha, size: Number(size) })
    const { tensors } = await weightsOf(graph, narrow)
    const result = (await run(bind(graph, tensors), { [input]: pixels(Number(size)) }))[output]!
    const [, height, width, channels] = features.shape
    assert.deepEqual(result.shape, [1, channels, height, width])
    const flat = channelsLast(result)
    const differences = [
      assertNear(
        flat.filter((_, i) => i % features.sampleStep === 0),
        features.sample,
        featureTolerance,
        'features',
      ),
      mean
        ? assertNear(
            perChannel(result, map => sumOf(map) / map.length),
            mean,
            featureTolerance,
            'mean',
          )
        : 0,
      max
        ? assertNear(
            perChannel(result, map => Math.max(...map)),
            max,
            featureTolerance,
            'max',
          )
        : 0,
    ]
    assertNear([sumOf(flat)], [features.sum], 1e-5 * features.sum, 'sum')
    assertNear([normOf(flat) ** 2], [features.sumOfSquares], 1e-5 * features.sumOfSquares, 'sum of squares')
    t.diagnostic(`features: ${exponent(Math.max(...differences))}, sum: ${sumOf(flat)} to ${features.sum}`)
  })
}

test('mobilenetV2() has the layers of Keras in their order, and the padding before the stem', () => {
  const { layers, graph } = mobilenetV2({ alpha: 1, size: 96 })
  const ours = layers.filter(({ name }) => name !== 'Conv1_pad')
  assert.equal(layers.length, 155)
  assert.equal(layers[100]?.name, 'block_11_expand_BN')
  assert.deepEqual(
    ours.slice(1).map(({ name }) => name),
    keras.layers.slice(1).map(([name]) => name),
  )
  const shapes = new Map(graph.inputs.map(({ name, shape }) => [name, shape as number[]]))
  for (const [index, { name, parameters, buffers }] of ours.entries()) {
    const sizes = [...parameters, ...buffers].map(weight =>
      shapes.get(weight)!.reduce((product, size) => product * size, 1),
    )
    assert.equal(sumOf(sizes), keras.layers[index]![3], `parameters of ${name}`)
  }
})

const seeds = [0, 1, 2, 3]
const labels = [0, 1, 1, 0]
/** The last layer whose output crosses into what the tutorial trains: block 11 uses it twice. */
const cut = 'block_10_project_BN'
/** The tutorial's fine-tuning begins here. */
const firstTrained = 100

/** The training step of layers 100 to the head, as a graph whose inputs are the frozen part's output and all weights. */
function stepGraph({ graph, output, layers }: Backbone): Graph {
  const suffix = subgraph(graph, [cut], [output])
  const headed = withLoss(
    withHead(suffix, output, { pooling: 'max', activation: 'sigmoid', classes: 2 }),
    'sigmoid',
  )
  const parameters = layers.slice(firstTrained).flatMap(layer => layer.parameters)
  const step = withGradients(headed, headNames.loss, [...parameters, headNames.kernel, headNames.bias])
  const statistics = step.nodes
    .filter(({ op }) => op === 'BatchNormalization')
    .flatMap(({ outputs }) => outputs.slice(1))
  return { ...step, outputs: [...step.outputs, ...statistics.map(name => step.values.get(name)!)] }
}

async function trainingStep(
  batchNorm: BatchNormMode,
): Promise<{ step: Graph; weights: Tensors; result: Tensors }> {
  const frozen = mobilenetV2({ alpha: keras.alpha, size: 96 })
  const { tensors } = await weightsOf(frozen.graph, narrow)
  const prefix = bind(subgraph(frozen.graph, [frozen.input], [cut]), tensors)
  const reached = (await run(prefix, { [frozen.input]: pixels(96, seeds) }))[cut]!
  const ours = {
    alpha: keras.alpha,
    size: 96,
    ...(batchNorm === 'batch' ? { batchStatisticsFrom: firstTrained } : {}),
  }
  const step = stepGraph(mobilenetV2(ours))
  const weights = Object.fromEntries(tensors)
  const kernel = Float32Array.from({ length: 1280 }, (_, i) => 0.05 * Math.sin(i))
  const feeds: Tensors = {
    ...weights,
    [cut]: reached,
    [headNames.kernel]: float32([1280, 1], kernel),
    [headNames.bias]: float32([1], [0.1]),
    [headNames.target]: float32([4, 1], labels),
    [headNames.weight]: float32([4], [0.25, 0.25, 0.25, 0.25]),
  }
  const wanted = step.inputs.map(({ name }) => [name, feeds[name]!])
  return { step, weights, result: await run(lower(step), Object.fromEntries(wanted)) }
}

/** The first numbers in Keras' order, where the last axis is the output channel, or the depthwise channel. */
function firstInKerasOrder({ shape, data }: Tensor, count: number): number[] {
  const stride = shape.length === 4 ? shape.slice(1).reduce((product, size) => product * size, 1) : 1
  return Array.from({ length: count }, (_, i) => Number(data[i * stride]))
}

const steps: readonly (readonly [BatchNormMode, Step])[] = [
  ['frozen', keras.training.frozenStatistics],
  ['batch', keras.training.batchStatistics],
]

/** The largest difference of the gradients, as a part of their norms. */
function compareGradients(result: Tensors, gradients: Step['gradients']): number {
  let worst = 0
  for (const [name, { norm, first }] of Object.entries(gradients)) {
    const ours = result[gradientName(canonicalName(name.replace('head/', 'predictions/')))]!
    const bound = gradientTolerance * norm + gradientNoise
    const ofNorm = assertNear([normOf(values(ours))], [norm], bound, `norm of the gradient of ${name}`)
    const ofValues = assertNear(firstInKerasOrder(ours, first.length), first, bound, `gradient of ${name}`)
    if (norm > 1e-3) worst = Math.max(worst, ofNorm / norm, ofValues / norm)
  }
  return worst
}

for (const [mode, expected] of steps) {
  const title = `withGradients() of MobileNetV2 with ${mode} statistics gives Keras' loss and gradients`
  test(title, skipWithout(narrow), async t => {
    const { result } = await trainingStep(mode)
    const loss = assertNear(values(result[headNames.loss]), [expected.loss], 1e-4, 'loss')
    const logits = assertNear(values(result[headNames.logits]), expected.logits, 2e-4, 'logits')
    const gradients = compareGradients(result, expected.gradients)
    t.diagnostic(
      `loss: ${exponent(loss)}, logits: ${exponent(logits)}, gradients: ${exponent(gradients)} of their norm`,
    )
  })
}

test(
  'batch norm with batch statistics gives what moves the moving ones as in Keras, those of frozen layers apart',
  skipWithout(narrow),
  async t => {
    const { step, weights, result } = await trainingStep('batch')
    const norms = new Map(
      step.nodes.filter(({ op }) => op === 'BatchNormalization').map(node => [node.name, node.outputs]),
    )
    let worst = 0
    for (const [name, expected] of Object.entries(keras.training.batchStatistics.movingStatistics ?? {})) {
      const [layer = '', variable] = name.split('/')
      const old = values(weights[name]).subarray(0, expected.length)
      const batch = norms.get(layer)?.[variable === 'moving_mean' ? 1 : 2]
      const moved =
        batch === undefined ? old : old.map((value, i) => 0.999 * value + 0.001 * values(result[batch])[i]!)
      worst = Math.max(worst, assertNear(moved, expected, 1e-5, name))
    }
    assert.ok(!norms.has('bn_Conv1') && norms.has('Conv_1_bn'))
    t.diagnostic(`moving statistics: ${exponent(worst)}`)
  },
)

/** The last column of the table in the weights' README, made with another program: top 1 at 224 pixels. */
const answers: Readonly<Record<string, string>> = {
  'bird.png': 'chickadee',
  'cat.png': 'Egyptian cat',
  'cat_720p.jpg': 'Egyptian cat',
  'dragonfly.png': 'dragonfly',
  'grace_hopper.png': 'military uniform',
  'hot_dog.jpg': 'hotdog',
  'owl.jpg': 'ruffed grouse',
  'parrot.jpg': 'macaw',
  'pets.jpg': 'Italian greyhound',
  'sunflower.png': 'daisy',
}

/** Lines such as " 20  chickadee", "286  Egyptian cat" or "935  hotdog, hot dog, red hot"; the first name of each. */
function classNames(): string[] {
  const lines = readFileSync(`${photos}/imagenet_labels.txt`, 'utf8').trim().split('\n')
  return lines.map(
    line =>
      line
        .trim()
        .replace(/^\d+\s+/, '')
        .split(',')[0]!,
  )
}

test(
  'mobilenetV2() with imported, unfolded weights names what is on ten photographs',
  skipWithout(wide, photos),
  async () => {
    const backbone = mobilenetV2({ alpha: 1, size: 224 })
    const graph = withHead(backbone.graph, backbone.output, {
      pooling: 'average',
      activation: 'softmax',
      classes: 1001,
    })
    const { tensors, folded } = await weightsOf(graph, wide)
    assert.ok(folded)
    const session = await openSession(bind(graph, tensors))
    const names = classNames()
    try {
      for (const [photo, answer] of Object.entries(answers)) {
        const decoded = await decodeImage(readFileSync(`${photos}/${photo}`), { name: photo })
        const { data } = fitImage(decoded, { size: 224, fit: 'squash', background: [255, 255, 255] })
        const { logits } = await session.run({
          [backbone.input]: float32([1, 3, 224, 224], toTensor(data, 224)),
        })
        assert.equal(names[argmax(values(logits), 1001)[0]!], answer, photo)
      }
    } finally {
      await session.close()
    }
  },
)
