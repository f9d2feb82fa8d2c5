/** Batch norm computed from the inputs of a widening convolution is the batch norm of its outputs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { gradientName, withGradients } from '../../src/graph/gradients/index.ts'
import { statisticsFromInputs } from '../../src/graph/input-statistics.ts'
import { interpret } from '../../src/graph/reference/index.ts'
import type { Graph } from '../../src/graph/types.ts'
import { smallNetworkFeeds } from './small-network.ts'

/** Pictures [N, 2, 3, 3] -> a 1x1 convolution to so many channels, normalised by its batch -> the mean of cubes. */
function normalised(filters: number, isSharedWithLoss = false): Graph {
  const g = graphBuilder('normalised')
  const x = g.input('x', 'float64', ['N', 2, 3, 3])
  const wide = g.add('Conv', [x, g.input('kernel', 'float64', [filters, 2, 1, 1])], {}, 'wide')
  const rest = ['gamma', 'beta', 'mean', 'variance'].map(name => g.input(name, 'float64', [filters]))
  const attributes = { epsilon: 1e-3, training_mode: 1, momentum: 0 }
  const [y, mean, variance] = g.addMany('BatchNormalization', [wide, ...rest], 3, attributes, 'y')
  const cubes = g.add('Mul', [g.add('Mul', [y!, y!]), isSharedWithLoss ? wide : y!])
  g.add('ReduceMean', [cubes], { keepdims: 0 }, 'loss')
  return g.build(['loss', mean!, variance!])
}

const opsOf = (graph: Graph): Set<string> => new Set(graph.nodes.map(({ op }) => op))

test('statisticsFromInputs() keeps the loss, the statistics and every gradient', () => {
  const graph = normalised(4)
  const changed = statisticsFromInputs(graph)
  assert.ok(!opsOf(changed).has('BatchNormalization'))
  assert.deepEqual(changed.outputs, graph.outputs)
  const wanted = ['x', 'kernel', 'gamma', 'beta']
  const feeds = smallNetworkFeeds(graph)
  const [expected, found] = [graph, changed].map(one => interpret(withGradients(one, 'loss', wanted), feeds))
  for (const name of [...graph.outputs.map(output => output.name), ...wanted.map(gradientName)]) {
    const { shape, data } = expected![name]!
    assert.deepEqual(found![name]!.shape, shape)
    for (const [at, value] of data.entries()) {
      const other = found![name]!.data[at]!
      // Some dozens of float64 sums in another order.
      assert.ok(
        Math.abs(other - value) <= 1e-10 * Math.max(1, Math.abs(value)),
        `${name}[${at}]: ${other}, ${value}`,
      )
    }
  }
})

test('statisticsFromInputs() leaves what is not widened, and what somebody else reads', () => {
  for (const graph of [normalised(3), normalised(4, true)])
    assert.deepEqual([...opsOf(statisticsFromInputs(graph))], [...opsOf(graph)])
})
