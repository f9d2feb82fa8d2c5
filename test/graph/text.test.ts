/** Graphs as text: what people see of a network and of its gradients. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { withGradients } from '../../src/graph/gradients/index.ts'
import { tensorOf } from '../../src/graph/tensor.ts'
import { printGraph } from '../../src/graph/text.ts'
import { matchesGolden } from '../golden.ts'
import { smallNetwork } from './small-network.ts'

test('printGraph() gives the text in its documentation', () => {
  const g = graphBuilder('regression')
  const x = g.input('x', 'float32', ['N', 2])
  const weight = g.initializer('weight', tensorOf('float32', [2, 1], [0.5, -1]))
  const text = printGraph(g.build([g.add('MatMul', [x, weight], {}, 'y')]))
  const lines = [
    'graph regression(x: f32[N,2]) -> (y)',
    '  weight = initializer f32[2,1]',
    '  y = MatMul(x, weight) : f32[N,1]',
  ]
  assert.equal(text, `${lines.join('\n')}\n`)
})

test('printGraph() shows attributes, left-out inputs, several outputs and every dtype', () => {
  const g = graphBuilder('kinds')
  for (const dtype of ['float64', 'float16', 'int32', 'int64', 'uint8', 'bool'] as const)
    g.input(dtype, dtype, [])
  const x = g.input('x', 'float32', ['N', 2])
  const channels = ['scale', 'bias', 'mean', 'variance'].map(name => g.input(name, 'float32', [2]))
  const attributes = { training_mode: 1, momentum: 0 }
  const [y] = g.addMany('BatchNormalization', [x, ...channels], 3, attributes, 'norm')
  g.add('Clip', [y!, '', g.constant('float32', [], [6])], {}, 'capped')
  g.add('Transpose', ['capped'], { perm: [1, 0] }, 'turned')
  matchesGolden('graph/golden/kinds.txt', printGraph(g.build(['turned', 'norm:1'])))
})

for (const statistics of ['given', 'batch'] as const)
  test(`the gradients of a small network with ${statistics} statistics are the graph that is kept`, () => {
    const { graph, loss, parameters } = smallNetwork(statistics, 'float32')
    matchesGolden(
      `graph/golden/small-network-${statistics}.txt`,
      printGraph(withGradients(graph, loss, parameters)),
    )
  })
