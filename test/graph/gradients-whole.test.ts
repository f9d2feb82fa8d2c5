/** Gradients of whole graphs: shared values, ties, a small network; and what withGradients() leaves alone or refuses. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import type { OpName } from '../../src/graph/ops.ts'
import { interpret, type NdArray, ndarray } from '../../src/graph/reference/index.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import type { Graph } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { checkGradients } from './gradient-check.ts'
import { smallNetwork, smallNetworkFeeds } from './small-network.ts'

/** sum(op(x0, x1, ...) * weights), all of the same shape. */
function weighedLoss(op: OpName, shape: readonly number[], inputs: number, attributes = {}): Graph {
  const g = graphBuilder('loss')
  const names = Array.from({ length: inputs }, (_, index) => g.input(`x${index}`, 'float64', shape))
  const y = g.add(op, names, attributes, 'y')
  const weights = g.input('weights', 'float64', g.info(y).shape)
  g.add('ReduceSum', [g.add('Mul', [y, weights])], { keepdims: 0 }, 'loss')
  return g.build(['loss'])
}

function gradientsOf(
  graph: Graph,
  feeds: Readonly<Record<string, NdArray>>,
  ...wanted: string[]
): number[][] {
  const results = interpret(withGradients(graph, 'loss', wanted), feeds)
  return wanted.map(name => Array.from(results[gradientName(name)]!.data))
}

test('a value that is used several times gets the sum of its gradients', () => {
  const g = graphBuilder('shared')
  const x = g.input('x', 'float64', ['N', 3])
  const squared = g.add('Mul', [x, x])
  const branches = [g.add('Exp', [squared]), g.add('Sigmoid', [squared]), g.add('Neg', [x])]
  const joined = g.add('Concat', branches, { axis: 1 })
  g.add('ReduceMean', [g.add('Mul', [joined, joined])], { keepdims: 0 }, 'loss')
  const random = randomOf(3)
  const feeds = { x: ndarray([2, 3], Array.from({ length: 6 }, random.normal)) }
  checkGradients(g.build(['loss']), 'loss', ['x'], feeds)
})

test('Max and Min give half to each of two equals', () => {
  for (const op of ['Max', 'Min'] as const) {
    const feeds = { x0: ndarray([2], [1, 5]), x1: ndarray([2], [1, 5]), weights: ndarray([2], [3, 4]) }
    const halves = [1.5, 2]
    assert.deepEqual(gradientsOf(weighedLoss(op, [2], 2), feeds, 'x0', 'x1'), [halves, halves])
  }
})

test('ReduceMax and MaxPool share a gradient equally among equal maxima', () => {
  const x0 = ndarray([1, 1, 2, 2], [7, 7, 1, 7])
  const thirds = [2, 2, 0, 2]
  const over = { kernel_shape: [2, 2] }
  const pooled = weighedLoss('MaxPool', x0.shape, 1, over)
  assert.deepEqual(gradientsOf(pooled, { x0, weights: ndarray([1, 1, 1, 1], [6]) }, 'x0'), [thirds])
  const reduced = weighedLoss('ReduceMax', x0.shape, 1, { keepdims: 0 })
  assert.deepEqual(gradientsOf(reduced, { x0, weights: ndarray([], [6]) }, 'x0'), [thirds])
})

test('Clip, Relu and Abs let nothing through at their kinks', () => {
  const g = graphBuilder('kinks')
  const x = g.input('x', 'float64', [3])
  const bounds = [0, 6].map(bound => g.constant('float64', [], [bound]))
  const clipped = g.add('Clip', [x, ...bounds])
  const all = [clipped, g.add('Relu', [x]), g.add('Abs', [x])].map(value =>
    g.add('ReduceSum', [value], { keepdims: 0 }),
  )
  g.add('Add', [g.add('Add', all.slice(0, 2)), all[2]!], {}, 'loss')
  const feeds = { x: ndarray([3], [0, 6, 3]) }
  // At 0: nothing; at 6: Relu and Abs; at 3: all three.
  assert.deepEqual(gradientsOf(g.build(['loss']), feeds, 'x'), [[0, 2, 3]])
})

interface KerasPooling {
  readonly x: readonly number[]
  readonly max: { readonly y: readonly number[]; readonly dx: readonly number[] }
  readonly average: { readonly y: readonly number[]; readonly dx: readonly number[] }
}

/** [2, 2, 2, 2] from channels last, as Keras has it, to channels first, and back. */
const exchangeLayout = (numbers: ArrayLike<number>, toLast = false): number[] =>
  Array.from({ length: 16 }, (_, at) => {
    const [n, a, b, c] = [at >> 3, (at >> 2) & 1, (at >> 1) & 1, at & 1]
    return numbers[toLast ? n * 8 + c * 4 + a * 2 + b : n * 8 + b * 4 + c * 2 + a]!
  })

/** The fixture holds eight digits of float32. */
const fixtureTolerance = 1e-7

test('global pooling, ties included, has the gradients that Keras gives', () => {
  const keras: KerasPooling = JSON.parse(readFileSync('test/fixtures/keras/pooling.json', 'utf8'))
  for (const [op, { y, dx }] of [
    ['GlobalMaxPool', keras.max],
    ['GlobalAveragePool', keras.average],
  ] as const) {
    const graph = { ...weighedLoss(op, [2, 2, 2, 2], 1) }
    const feeds = {
      x0: ndarray([2, 2, 2, 2], exchangeLayout(keras.x)),
      weights: ndarray([2, 2, 1, 1], [1, 2, 3, 4]),
    }
    const pooled = interpret({ ...graph, outputs: [graph.values.get('y')!] }, feeds)['y']!
    assert.deepEqual(Array.from(pooled.data), y)
    const found = exchangeLayout(gradientsOf(graph, feeds, 'x0')[0]!, true)
    for (const [at, gradient] of found.entries())
      assert.ok(Math.abs(gradient - dx[at]!) <= fixtureTolerance, `${op}[${at}]: ${gradient}, not ${dx[at]}`)
  }
})

for (const statistics of ['given', 'batch'] as const)
  test(`every parameter of a small network with ${statistics} statistics has the gradient of its slope`, () => {
    const { graph, loss, parameters } = smallNetwork(statistics, 'float64')
    checkGradients(graph, loss, parameters, smallNetworkFeeds(graph))
  })

test('withGradients() walks only the paths from the wanted values', () => {
  const { graph, loss } = smallNetwork('given', 'float64')
  const added = withGradients(graph, loss, ['dense/bias']).nodes.slice(graph.nodes.length)
  const ops = added.map(node => node.op)
  assert.ok(!ops.some(op => op.startsWith('Conv') || op === 'ClipGradient' || op === 'MatMul'), ops.join())
  assert.equal(ops.at(-1), 'Identity')
})

test('withGradients() keeps the graph that it is given', () => {
  const { graph, loss, parameters } = smallNetwork('given', 'float64')
  const result = withGradients(graph, loss, parameters)
  assert.deepEqual(result.nodes.slice(0, graph.nodes.length), graph.nodes)
  assert.deepEqual(result.inputs, graph.inputs)
  assert.deepEqual(
    result.outputs.map(output => output.name),
    [loss, ...parameters.map(gradientName)],
  )
})

test('withGradients() differentiates towards initializers and values in between', () => {
  const g = graphBuilder('between')
  g.initializer('w', tensorOf('float64', [3], [1, 2, 3]))
  const hidden = g.add('Mul', [g.input('x', 'float64', [3]), 'w'], {}, 'hidden')
  g.add('ReduceSum', [g.add('Exp', [hidden])], { keepdims: 0 }, 'loss')
  const feeds = { x: ndarray([3], [0, 0, 0]) }
  assert.deepEqual(gradientsOf(g.build(['loss']), feeds, 'w', 'hidden'), [
    [0, 0, 0],
    [1, 1, 1],
  ])
})

test('withGradients() says what it cannot differentiate', () => {
  const g = graphBuilder('refused')
  g.input('x', 'float64', [3])
  g.input('apart', 'float64', [3])
  g.input('labels', 'int64', [3])
  g.add('ReduceSum', ['x'], { keepdims: 0 }, 'loss')
  const graph = g.build(['loss'])
  const refused: readonly (readonly [string, readonly string[], string])[] = [
    ['loss', ['apart'], 'No path leads from "apart" to the loss "loss"'],
    ['loss', ['weight'], 'The graph "refused" has no value "weight"'],
    ['cost', ['x'], 'The graph "refused" has no value "cost"'],
    ['x', ['x'], 'Expected a loss with one element. Received: [3]'],
    ['loss', ['labels'], 'Expected a float value to differentiate by. Received: int64 "labels"'],
  ]
  for (const [loss, wanted, message] of refused)
    assert.throws(() => withGradients(graph, loss, wanted), { name: 'RangeError', message })
  assert.throws(() => withGradients(withGradients(graph, 'loss', ['x']), 'loss', ['x']), {
    name: 'RangeError',
    message: 'The graph "refused" has a value "gradient/x" already',
  })
})
