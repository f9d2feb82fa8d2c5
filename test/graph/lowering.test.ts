/** Lowered graphs on the engine against the reference interpreter, in float64: every shape of window, whole networks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { lower } from '../../src/graph/lowering/index.ts'
import { interpret, type NdArray, ndarray } from '../../src/graph/reference/index.ts'
import { openSession, type Tensors } from '../../src/graph/session.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import { foldBatchNormalization } from '../../src/graph/transforms.ts'
import type { Graph, Shape } from '../../src/graph/types.ts'
import { withHead, withLoss } from '../../src/model/head.ts'
import { mobilenetV2 } from '../../src/model/mobilenet-v2.ts'
import { randomOf } from '../../src/util/random.ts'

const layouts = ['channel-first', 'plain'] as const

/** Of a gradient's length: float32 has 24 bits, of which sums over the pixels of a batch lose a few. */
const sumTolerance = 1e-5
/**
 * Of a gradient's length: fifty layers of such sums, and ReLU6 gates that rounding opens or shuts at its bounds.
 * Statistics of a few examples on the last small planes magnify rounding: differences of 4e-3 were seen.
 */
const networkTolerance = { given: 1e-3, batch: 1e-2 } as const
/** Of all gradients' length: some are 0 but for rounding, such as that of a bias before batch norm. */
const zeroTolerance = 1e-5

function length(values: ArrayLike<number>): number {
  let squares = 0
  for (let at = 0; at < values.length; at++) squares += values[at]! ** 2
  return Math.sqrt(squares)
}

interface Tolerance {
  readonly relative: number
  /** Of the length of all outputs together. */
  readonly absolute: number
}

/** Runs lowered graphs, one session for batches of several sizes, and holds each output to the interpreter's. */
async function assertLowered(
  graph: Graph,
  batches: readonly Readonly<Record<string, NdArray>>[],
  tolerance: Tolerance,
): Promise<void> {
  const expected = batches.map(feeds => interpret(graph, feeds))
  for (const layout of layouts) {
    const session = await openSession(lower(graph, { layout }))
    try {
      for (const [at, feeds] of batches.entries()) {
        const tensors = graph.inputs.map(({ name, dtype }) => {
          const { shape, data } = feeds[name]!
          return [name, tensorOf(dtype, shape, data)] as const
        })
        assertNear(await session.run(Object.fromEntries(tensors)), expected[at]!, layout, tolerance)
      }
    } finally {
      await session.close()
    }
  }
}

function assertNear(
  found: Tensors,
  expected: Readonly<Record<string, NdArray>>,
  layout: string,
  { relative, absolute }: Tolerance,
): void {
  const all = length(Object.values(expected).map(({ data }) => length(data)))
  for (const [name, { shape, data }] of Object.entries(expected)) {
    assert.deepEqual(found[name]!.shape, shape, name)
    const error = length(Array.from(data, (value, at) => value - Number(found[name]!.data[at])))
    const allowed = relative * length(data) + absolute * all
    assert.ok(error <= allowed, `${layout} ${name}: off by ${error}, allowed ${allowed}`)
  }
}

/** Numbers as float32 has them, the same for the same name. */
function numbersFor(name: string, shape: Shape, batch: number): NdArray {
  const random = randomOf(7, name, batch)
  const sizes = shape.map(dim => (typeof dim === 'string' ? batch : dim))
  const isPositive = name.endsWith('variance') || name.endsWith('gamma')
  const fan = sizes.length === 4 && shape[0] !== 'N' ? sizes[1]! * sizes[2]! * sizes[3]! : 1
  const count = sizes.reduce((product, size) => product * size, 1)
  const number = (): number => (isPositive ? 0.5 + random.next() : random.normal() * Math.sqrt(2 / fan))
  return ndarray(
    sizes,
    Array.from({ length: count }, () => Math.fround(number())),
  )
}

const feedsFor = (graph: Graph, batch: number): Record<string, NdArray> =>
  Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, numbersFor(name, shape, batch)]))

interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
  readonly dilations: readonly [number, number]
}

/** sum(conv(x, w) * weights) with its gradients towards x and w. */
function convolutionLoss(
  window: Window,
  plane: readonly [number, number],
  kind: 'depthwise' | 'dense',
): Graph {
  const channels = 3
  const { kernel, ...attributes } = window
  const g = graphBuilder('convolution')
  const x = g.input('x', 'float32', ['N', channels, ...plane])
  const w = g.input('w', 'float32', [channels, kind === 'depthwise' ? 1 : channels, ...kernel])
  const y = g.add('Conv', [x, w], { ...attributes, group: kind === 'depthwise' ? channels : 1 })
  const weights = g.input('weights', 'float32', g.info(y).shape)
  g.add('ReduceSum', [g.add('Mul', [y, weights])], { keepdims: 0 }, 'loss')
  return withGradients(g.build(['loss']), 'loss', [x, w])
}

const square = { kernel: [3, 3], dilations: [1, 1] } as const
const windows: Readonly<Record<string, Window>> = {
  'stride 1': { ...square, strides: [1, 1], pads: [1, 1, 1, 1] },
  'stride 2, padded at the end': { ...square, strides: [2, 2], pads: [0, 0, 1, 1] },
  'stride 2, padded at both ends': { ...square, strides: [2, 2], pads: [1, 1, 1, 1] },
  'stride 2, not padded': { ...square, strides: [2, 2], pads: [0, 0, 0, 0] },
  'stride 3': { ...square, strides: [3, 3], pads: [1, 0, 1, 2] },
  'strides that differ': { ...square, strides: [2, 1], pads: [1, 1, 1, 1] },
  'strides that differ the other way': { ...square, strides: [1, 2], pads: [1, 0, 1, 1] },
  'dilations, stride 1': { kernel: [3, 3], strides: [1, 1], pads: [2, 3, 2, 3], dilations: [2, 3] },
  'dilations, stride 2': { kernel: [3, 2], strides: [2, 2], pads: [2, 1, 2, 1], dilations: [2, 3] },
  'a kernel of 5x5, stride 2': { kernel: [5, 5], strides: [2, 2], pads: [1, 1, 2, 2], dilations: [1, 1] },
  'a stride beyond the kernel': { kernel: [1, 2], strides: [3, 3], pads: [0, 0, 0, 0], dilations: [1, 1] },
}

/** Of these, the layout channel first takes the first two; from 145 pixels on the rules are those of large planes. */
const planes = [
  [7, 7],
  [12, 12],
  [13, 13],
  [16, 11],
] as const

for (const [what, window] of Object.entries(windows))
  test(`lower() keeps the gradients of convolutions with ${what}`, async () => {
    for (const plane of planes)
      for (const kind of ['depthwise', 'dense'] as const) {
        const graph = convolutionLoss(window, plane, kind)
        const batches = [1, 3, 2].map(batch => feedsFor(graph, batch))
        // The loss may all but vanish, a sum of both signs: it is held to the length of its gradients.
        await assertLowered(graph, batches, { relative: sumTolerance, absolute: 1e-6 })
      }
  })

/** A network whose pixels are of one sign and far from 0, where sums around the mean lose most digits. */
function normalisedLoss(plane: number): Graph {
  const g = graphBuilder('normalised')
  const x = g.input('x', 'float32', ['N', 4, plane, plane])
  const w = g.input('w', 'float32', [4, 4, 1, 1])
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(name =>
    g.input(name, 'float32', [4]),
  ) as [string, string, string, string]
  const shifted = g.add('Add', [g.add('Conv', [x, w]), g.constant('float32', [], [5])])
  const inputs = [shifted, gamma, beta, mean, variance]
  const attributes = { epsilon: 1e-3, training_mode: 1, momentum: 0 }
  const y = g.add('Clip', [
    g.addMany('BatchNormalization', inputs, 3, attributes)[0]!,
    ...[0, 6].map(bound => g.constant('float32', [], [bound])),
  ])
  const weights = g.input('weights', 'float32', g.info(y).shape)
  g.add('ReduceSum', [g.add('Mul', [y, weights])], { keepdims: 0 }, 'loss')
  return withGradients(g.build(['loss']), 'loss', [x, w, gamma, beta])
}

/** A mean of 5 deviations costs what 5 costs of float32's digits. */
const shiftedTolerance = 10 * sumTolerance

test("lower() keeps the gradients of batch norm with the batch's statistics", async () => {
  for (const plane of [3, 12, 13]) {
    const graph = normalisedLoss(plane)
    const batches = [4, 3].map(batch => feedsFor(graph, batch))
    await assertLowered(graph, batches, { relative: shiftedTolerance, absolute: sumTolerance })
  }
})

test('lower() leaves running statistics to whoever feeds them, also where two layers share a constant', async () => {
  for (const layout of layouts) {
    const g = graphBuilder('statistics')
    const x = g.input('x', 'float32', ['N', 2, 2, 2])
    const [mean, variance] = [g.input('mean', 'float32', [2]), g.input('variance', 'float32', [2])]
    const [zeros, ones] = [0, 1].map(value => g.constant('float32', [2], [value, value]))
    const attributes = { epsilon: 1e-3, training_mode: 1, momentum: 0.5 }
    const moved = (value: string, ...running: string[]): string[] => {
      const inputs = [value, ones!, zeros!, ...running]
      const [, ...now] = g.addMany('BatchNormalization', inputs, 3, attributes)
      // The engine lets what is used within the graph share memory.
      return now.map(statistic => g.add('Add', [statistic, zeros!]))
    }
    const fed = moved(x, mean, variance)
    const shared = [x, g.add('Add', [x, x])].map(value => moved(value, zeros!, ones!))
    const graph = g.build([...fed, ...shared.flat()])
    const feeds = {
      x: tensorOf('float32', [1, 2, 2, 2], [1, 2, 3, 4, 5, 7, 9, 11]),
      mean: tensorOf('float32', [2], [10, 20]),
      variance: tensorOf('float32', [2], [3, 4]),
    }
    const session = await openSession(lower(graph, { layout }))
    // Means 2.5 and 8, biased variances 1.25 and 5; the doubled x has twice and four times as much.
    const expected = [
      [6.25, 14],
      [2.125, 4.5],
      [1.25, 4],
      [1.125, 3],
      [2.5, 8],
      [3, 10.5],
    ]
    for (const _ of [1, 2]) {
      const results = await session.run(feeds)
      assert.deepEqual(
        graph.outputs.map(({ name }) => [...(results[name]!.data as Float32Array)]),
        expected,
      )
      assert.deepEqual([...feeds.mean.data, ...feeds.variance.data], [10, 20, 3, 4])
    }
    await session.close()
  }
})

/** MobileNetV2 with a sigmoid head, its loss and the gradients of all that training changes. */
function networkLoss(alpha: number, size: number, statistics: 'given' | 'batch'): Graph {
  const options = { alpha, size, ...(statistics === 'batch' ? { batchStatisticsFrom: 0 } : {}) }
  const backbone = mobilenetV2(options)
  const head = { pooling: 'average', activation: 'sigmoid', classes: 2 } as const
  const loss = withLoss(withHead(backbone.graph, backbone.output, head), 'sigmoid')
  const parameters = backbone.layers.flatMap(layer => layer.parameters)
  return withGradients(foldBatchNormalization(loss), 'loss', parameters)
}

for (const [alpha, size, batch] of [
  [0.1, 32, 5],
  [0.35, 64, 2],
] as const)
  for (const statistics of ['given', 'batch'] as const)
    test(`lower() keeps the gradients of MobileNetV2 ${alpha} at ${size} px with ${statistics} statistics`, async () => {
      const graph = networkLoss(alpha, size, statistics)
      assert.ok(graph.outputs.some(({ name }) => name === gradientName('Conv1/kernel')))
      const tolerance = { relative: networkTolerance[statistics], absolute: zeroTolerance }
      await assertLowered(graph, [feedsFor(graph, batch)], tolerance)
    })
