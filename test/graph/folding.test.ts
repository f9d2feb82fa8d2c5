/** Batch norm lifted out of a graph: the step and the optimizer together do what the graph alone does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareOutputs } from '../../src/graph/bare-outputs.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { type Folding, liftBatchNormalization, liftedNames } from '../../src/graph/folding.ts'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { lower } from '../../src/graph/lowering/index.ts'
import { flatParameters } from '../../src/graph/optimizers/flat.ts'
import { foldedOptimizer } from '../../src/graph/optimizers/folded.ts'
import { foldedKernel } from '../../src/graph/optimizers/folded-kernel.ts'
import type { FoldedRows } from '../../src/graph/optimizers/folded-layout.ts'
import { plainFoldedKernel } from '../../src/graph/optimizers/folded-plain.ts'
import { type OptimizerOptions, optimizerFor } from '../../src/graph/optimizers/index.ts'
import { ruleOf } from '../../src/graph/optimizers/rules.ts'
import { interpret, type NdArray, ndarray } from '../../src/graph/reference/index.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import { bind, foldBatchNormalization } from '../../src/graph/transforms.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { assertClose, runOnEngine } from './engine.ts'
import { smallNetwork, smallNetworkFeeds } from './small-network.ts'

const small = smallNetwork('given', 'float32')
const feeds = smallNetworkFeeds(small.graph)
const isStatistic = (name: string): boolean => name.endsWith('/mean') || name.endsWith('/variance')
const tensorsOf = (names: readonly string[]): Map<string, Tensor> =>
  new Map(names.map(name => [name, tensorOf('float32', feeds[name]!.shape, feeds[name]!.data)]))
const bound = bind(small.graph, tensorsOf(small.graph.inputs.map(({ name }) => name).filter(isStatistic)))
const arrays = (values: ReadonlyMap<string, Tensor>): Record<string, NdArray> =>
  Object.fromEntries(
    [...values].map(([name, { shape, data }]) => [name, ndarray(shape, Array.from(data as Float32Array))]),
  )

test('liftBatchNormalization() takes folded kernels and biases as inputs, in the order of the parameters', () => {
  const { graph, foldings } = liftBatchNormalization(bound)
  assert.ok(!graph.nodes.some(node => node.op === 'BatchNormalization'))
  const taken = graph.inputs.map(({ name }) => name).filter(name => name !== 'image' && name !== 'labels')
  const names = ['stem_BN/kernel', 'stem_BN/bias', 'depthwise_BN/kernel', 'depthwise_BN/bias']
  const plain = ['project/kernel', 'dense/kernel', 'dense/bias']
  assert.deepEqual(liftedNames(small.parameters, foldings).toSorted(), [...names, ...plain].toSorted())
  assert.deepEqual(taken.toSorted(), [...names, ...plain].toSorted())
})

test('liftBatchNormalization() leaves frozen kernels, measured statistics and shared values in the graph', () => {
  const frozen = bind(bound, tensorsOf(['stem/kernel']))
  assert.deepEqual(
    liftBatchNormalization(frozen).foldings.map(({ kernel }) => kernel),
    ['depthwise/kernel'],
  )
  assert.deepEqual(liftBatchNormalization(small.graph).foldings, [])
  const watched = { ...bound, outputs: [...bound.outputs, bound.values.get('stem')!] }
  assert.equal(liftBatchNormalization(watched).foldings.length, 1)
})

/** One step of plain gradient descent at a rate of 1, so that the moments are the gradients, negated. */
const descent: OptimizerOptions = { type: 'sgd' }

function gradientsBySteps(graph: Graph, foldings: readonly Folding[]): Map<string, number[]> {
  const optimizer = foldedOptimizer(tensorsOf(small.parameters), descent, foldings)
  const wanted = [...optimizer.inputs.keys()]
  const results = interpret(withGradients(graph, small.loss, wanted), {
    ...feeds,
    ...arrays(optimizer.inputs),
  })
  for (const [name, { data }] of optimizer.inputGradients)
    (data as Float32Array).set(results[gradientName(name)]!.data)
  optimizer.update(1, 1)
  const [moment] = optimizer.flat.moments
  return new Map(
    optimizer.flat.slots.map(({ name, start, count }) => [
      name,
      Array.from(moment!.subarray(start, start + count), value => -value),
    ]),
  )
}

test('a folded optimizer finds the gradients that the float64 graph with batch norm gives', () => {
  const { graph, foldings } = liftBatchNormalization(bound)
  const found = gradientsBySteps(graph, foldings)
  const expected = interpret(withGradients(bound, small.loss, small.parameters), feeds)
  for (const name of small.parameters)
    assertClose(found.get(name)!, expected[gradientName(name)]!.data, gradientName(name))
})

for (const options of [
  { type: 'adam' },
  { type: 'adamw', weightDecay: 0.1 },
  { type: 'sgd', momentum: 0.9 },
] as const)
  test(`twenty steps of ${options.type} go where the graph that folds within itself goes, on the engine`, async () => {
    const { graph, foldings } = liftBatchNormalization(bound)
    const rates = (name: string): number => (name.startsWith('stem') ? 0.5 : 1)
    const starts = tensorsOf(small.parameters)
    const outside = foldedOptimizer(starts, options, foldings)
    const inside = foldedOptimizer(starts, options, [])
    const pairs = [
      [outside, lower(withGradients(graph, small.loss, [...outside.inputs.keys()]))],
      [inside, lower(withGradients(foldBatchNormalization(bound), small.loss, small.parameters))],
    ] as const
    for (let step = 1; step <= 20; step++)
      for (const [optimizer, given] of pairs) {
        const results = await runOnEngine(given, { ...feeds, ...arrays(optimizer.inputs) })
        for (const [name, { data }] of optimizer.inputGradients)
          (data as Float32Array).set(results[gradientName(name)]!.data as Float32Array)
        optimizer.update(step, 1e-3, rates)
      }
    for (const name of small.parameters) {
      const [a, b] = [outside, inside].map(({ flat }) => flat.parameters.get(name)!.data as Float32Array)
      assertClose(a!, b!, name)
    }
  })

test('without foldings a folded optimizer has the bits of any other', () => {
  const optimizers = [
    foldedOptimizer(tensorsOf(small.parameters), { type: 'adam' }, []),
    optimizerFor(tensorsOf(small.parameters), { type: 'adam' }),
  ]
  for (const { flat, update } of optimizers) {
    for (const [name, { data }] of flat.gradients) (data as Float32Array).set(feeds[name]!.data)
    update(1, 1e-3)
  }
  const [a, b] = optimizers.map(({ flat }) => new Float32Array(flat.memory.buffer, 0, flat.length * 4))
  assert.deepEqual(a, b)
})

test('what is folded follows from the parameters alone: an optimizer that takes over has the bits of the first', () => {
  const { foldings } = liftBatchNormalization(bound)
  const first = foldedOptimizer(tensorsOf(small.parameters), { type: 'adam' }, foldings)
  for (let step = 1; step <= 3; step++) {
    for (const { data } of first.inputGradients.values()) (data as Float32Array).fill(step / 7)
    first.update(step, 1e-2)
  }
  const second = foldedOptimizer(first.flat.parameters, { type: 'adam' }, foldings)
  assert.deepEqual(second.inputs, first.inputs)
})

/** Channels and numbers of each: rows with and without sixteens, fours and single numbers behind them. */
const shapes = [
  [8, 16],
  [7, 9],
  [5, 27],
  [2, 3],
  [12, 44],
  [4, 1],
] as const

for (const type of ['adam', 'sgd'] as const)
  test(`foldedKernel() gives the bits of plainFoldedKernel(): ${type}`, () => {
    const { source, scalars } = ruleOf({ type })
    for (const [channels, width] of shapes) {
      const memories = [foldedKernel, plainFoldedKernel].map(make => {
        const { memory, rows, regions } = madeRows(channels, width, source.arrays)
        const kernel = make(source, memory, regions)
        kernel.fold(rows)
        for (const step of [1, 2])
          kernel.update(rows, {
            kernel: scalars(step, 0.1, 2),
            gamma: scalars(step, 0.05, 1),
            beta: scalars(step, 0.2, 1),
          })
        return writtenOf(memory, rows, regions, source.arrays)
      })
      assert.deepEqual(memories[0], memories[1], `[${channels}, ${width}]`)
    }
  })

/** Random numbers above 0 everywhere. */
function madeRows(channels: number, width: number, regionCount: number) {
  const parameters = new Map(
    [[channels, width], [channels], [channels]].map((shape, at) => [
      ['kernel', 'gamma', 'beta'][at]!,
      tensorOf('float32', shape, new Array<number>(shape.reduce((a, b) => a * b)).fill(0)),
    ]),
  )
  const padded = Math.ceil(channels / 4) * 16
  const room = Math.ceil((channels * width) / 4) * 16 + 7 * padded
  const flat = flatParameters(parameters, regionCount - 2, room)
  const [kernel, gamma, beta] = flat.slots.map(({ start }) => start * 4)
  const random = randomOf(channels, 'rows')
  const all = new Float32Array(flat.memory.buffer, 0, (flat.room + room) / 4)
  all.forEach((_, at) => void (all[at] = 0.5 + random.next()))
  const [foldedBias, mean, deviation, scaleBefore, scaleAfter, products] = [0, 1, 2, 3, 4, 6].map(
    at => flat.room + room - (at + 1) * padded,
  )
  const rows = {
    ...{
      kernel,
      gamma,
      beta,
      foldedKernel: flat.room,
      foldedBias,
      mean,
      deviation,
      scaleBefore,
      scaleAfter,
      products,
    },
    ...{ channels, width },
  } as FoldedRows
  return { memory: flat.memory, rows, regions: flat.length * 4 }
}

/** All that a kernel may have written, but for padding behind the last channel. */
function writtenOf(
  { buffer }: { readonly buffer: ArrayBuffer },
  rows: FoldedRows,
  regions: number,
  regionCount: number,
): Float32Array[] {
  const { channels, width } = rows
  const of = (offset: number, count: number): Float32Array => new Float32Array(buffer, offset, count)
  const inRegions = Array.from({ length: regionCount }, (_, region) => region * regions).flatMap(region => [
    of(region + rows.kernel, channels * width),
    of(region + rows.gamma, channels),
    of(region + rows.beta, channels),
  ])
  return [...inRegions, of(rows.foldedKernel, channels * width), of(rows.foldedBias, channels)]
}

test('bareOutputs() gives the elements of a reshaped value, and leaves what others use', () => {
  const g = graphBuilder('bare')
  const x = g.input('x', 'float32', [2, 3])
  const shape = g.constant('int64', [1], [6])
  const negative = g.add('Neg', [x])
  const twice = g.add('Add', [x, x], {}, 'twice')
  g.add('Identity', [g.add('Reshape', [negative, shape])], {}, 'flat')
  g.add('Reshape', [twice, shape], {}, 'flatTwice')
  const graph = bareOutputs(g.build(['flat', 'flatTwice', 'twice']), ['flat', 'flatTwice'])
  assert.deepEqual(
    graph.outputs.map(({ name, shape }) => [name, ...shape]),
    [
      ['flat', 2, 3],
      ['flatTwice', 6],
      ['twice', 2, 3],
    ],
  )
  const results = interpret(graph, { x: ndarray([2, 3], [1, 2, 3, 4, 5, 6]) })
  assert.deepEqual(Array.from(results['flat']!.data), [-1, -2, -3, -4, -5, -6])
  assert.deepEqual(Array.from(results['flatTwice']!.data), [2, 4, 6, 8, 10, 12])
})
