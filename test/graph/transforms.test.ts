/** Graphs made from graphs compute what they did before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { interpret, type NdArray } from '../../src/graph/reference/index.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import { bind, foldBatchNormalization, prune, subgraph, unbind } from '../../src/graph/transforms.ts'
import type { Graph } from '../../src/graph/types.ts'
import { checkGradients } from './gradient-check.ts'
import { smallNetwork, smallNetworkFeeds } from './small-network.ts'

const { graph, loss, parameters } = smallNetwork('given', 'float64')
const feeds = smallNetworkFeeds(graph)
const named = (of: Graph, ...outputs: string[]): Graph => ({
  ...of,
  outputs: outputs.map(name => of.values.get(name)!),
})
const namesOf = (of: Graph): string[] => of.inputs.map(({ name }) => name)

/** Sums of some hundreds of float64 products in another order. */
const tolerance = 1e-12

function assertSame(actual: NdArray, expected: NdArray): void {
  assert.deepEqual(actual.shape, expected.shape)
  for (const [at, value] of actual.data.entries())
    assert.ok(
      Math.abs(value - expected.data[at]!) <= tolerance,
      `[${at}]: ${value}, not ${expected.data[at]}`,
    )
}

test('prune() drops what no output needs', () => {
  const pruned = prune(named(withGradients(graph, loss, parameters), gradientName('dense/bias'), 'logits'))
  const ops = new Set(pruned.nodes.map(node => node.op))
  assert.ok(!ops.has('ConvKernelGradient') && !ops.has('ClipGradient'), [...ops].join())
  assert.equal(new Set(pruned.nodes).size, pruned.nodes.length)
  const all = interpret(withGradients(graph, loss, parameters), feeds)
  assertSame(interpret(pruned, feeds)['gradient/dense/bias']!, all['gradient/dense/bias']!)
})

test('subgraph() runs from a value in between as the whole does from the start', () => {
  const head = subgraph(graph, ['joined'], ['logits'])
  assert.deepEqual(namesOf(head), ['joined', 'dense/kernel', 'dense/bias'])
  const { joined, logits } = interpret(named(graph, 'joined', 'logits'), feeds)
  assertSame(interpret(head, { ...feeds, joined: joined! })['logits']!, logits!)
})

test('subgraph() names the value that is not there', () => {
  const message = 'The graph "small" has no value "stam"'
  assert.throws(() => subgraph(graph, ['stam'], ['logits']), { name: 'RangeError', message })
})

test('bind() makes inputs constant, and unbind() gives them back', () => {
  const tensors = new Map(
    parameters.map(name => [name, tensorOf('float64', feeds[name]!.shape, feeds[name]!.data)] as const),
  )
  const bound = bind(graph, tensors)
  assert.ok(!namesOf(bound).some(name => tensors.has(name)))
  assertSame(interpret(bound, feeds)[loss]!, interpret(graph, feeds)[loss]!)
  const opened = unbind(bound, parameters)
  assert.deepEqual(opened.tensors, tensors)
  assert.deepEqual(namesOf(opened.graph).sort(), namesOf(graph).sort())
  checkGradients(opened.graph, loss, ['dense/bias'], feeds)
})

test('bind() and unbind() name what does not fit', () => {
  const wide = new Map([['dense/bias', tensorOf('float64', [4], [0, 0, 0, 0])]])
  assert.throws(() => bind(graph, wide), {
    name: 'RangeError',
    message: 'Expected [3] for "dense/bias". Received: [4]',
  })
  assert.throws(() => unbind(graph, ['dense/bias']), {
    name: 'RangeError',
    message: 'The graph "small" has no initializer "dense/bias"',
  })
})

test('foldBatchNormalization() leaves outputs and gradients as they were', () => {
  const folded = foldBatchNormalization(graph)
  assert.ok(!folded.nodes.some(node => node.op === 'BatchNormalization'))
  assertSame(interpret(folded, feeds)[loss]!, interpret(graph, feeds)[loss]!)
  const [before, after] = [graph, folded].map(of => interpret(withGradients(of, loss, parameters), feeds))
  for (const name of parameters.map(gradientName)) assertSame(after![name]!, before![name]!)
})

test('foldBatchNormalization() keeps statistics that are measured, and values that others need', () => {
  const measured = smallNetwork('batch', 'float64').graph
  assert.deepEqual(foldBatchNormalization(measured).nodes, measured.nodes)
  const watched = foldBatchNormalization(named(graph, loss, 'stem'))
  assert.deepEqual(
    watched.nodes.filter(node => node.op === 'BatchNormalization').map(node => node.name),
    ['stem_BN'],
  )
})
