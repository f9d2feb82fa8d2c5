import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GraphBuilder, graphBuilder } from '../../src/graph/builder.ts'
import { foldConstants } from '../../src/graph/fold-constants.ts'
import type { OpName } from '../../src/graph/ops.ts'
import { openSession } from '../../src/graph/session.ts'
import { numbersOf, tensorOf } from '../../src/graph/tensor.ts'
import { foldBatchNormalization } from '../../src/graph/transforms.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'

/** A graph in which constants a [2, 3, 1] and b are combined, and the result is added to an input. */
function graphWith(
  add: (g: GraphBuilder, a: string, b: string) => string,
  shapeOfB: readonly number[],
): Graph {
  const random = randomOf(1, 'constants')
  const numbers = (count: number): number[] => Array.from({ length: count }, () => 0.5 + random.next())
  const g = graphBuilder('trial')
  const count = shapeOfB.reduce((product, size) => product * size, 1)
  const a = g.initializer('a', tensorOf('float32', [2, 3, 1], numbers(6)))
  const b = g.initializer('b', tensorOf('float32', shapeOfB, numbers(count)))
  const x = g.input('x', 'float32', [1])
  return g.build([g.add('Add', [add(g, a, b), x], {}, 'y')])
}

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Tensor> {
  const session = await openSession(graph)
  const { [graph.outputs[0]!.name]: y } = await session.run(feeds)
  await session.close()
  return y!
}

const trials: readonly [OpName, ...(readonly number[])[]][] = [
  ['Add', [2, 3, 1], [2, 3, 4], [3, 1], [1], [], [4, 1, 3, 5]],
  ['Sub', [2, 3, 1], [4]],
  ['Mul', [2, 1, 1], [5, 1, 1, 1]],
  ['Div', [1, 3, 1], []],
]

for (const [op, ...shapes] of trials)
  for (const shape of shapes)
    test(`foldConstants() ${op} of [2,3,1] and [${shape}] has the engine's bits`, async () => {
      const graph = graphWith((g, a, b) => g.add(op, [a, b]), shape)
      const folded = foldConstants(graph)
      assert.deepEqual(
        folded.nodes.map(node => node.name),
        ['y'],
      )
      const feeds = { x: tensorOf('float32', [1], [0]) }
      assert.deepEqual(await run(folded, feeds), await run(graph, feeds))
    })

for (const op of ['Neg', 'Sqrt', 'Reciprocal', 'Abs', 'Identity'] as const)
  test(`foldConstants() ${op} has the engine's bits`, async () => {
    const graph = graphWith((g, a) => g.add(op, [a]), [1])
    const folded = foldConstants(graph)
    assert.equal(folded.nodes.length, 1)
    const feeds = { x: tensorOf('float32', [1], [0]) }
    assert.deepEqual(await run(folded, feeds), await run(graph, feeds))
  })

test('foldConstants() follows chains and drops what is no longer used', () => {
  const graph = graphWith(
    (g, a, b) => {
      const column = g.add('Reshape', [b, g.constant('int64', [3], [1, 3, 1])])
      return g.add('Sqrt', [g.add('Mul', [a, column], {}, 'product')], {}, 'root')
    },
    [3],
  )
  assert.deepEqual([...foldConstants(graph).initializers.keys()], ['root'])
})

test('foldConstants() leaves values of the graph itself and operators that it does not compute', () => {
  const g = graphBuilder('kept')
  const a = g.initializer('a', tensorOf('float32', [2], [1, 2]))
  const counts = g.initializer('counts', tensorOf('int64', [2], [7, 2]))
  g.add('Neg', [a], {}, 'output')
  g.add('ReduceSum', [a], {}, 'sum')
  // Whole numbers divide otherwise than floats.
  g.add('Div', [counts, counts], {}, 'quotient')
  const graph = g.build(['output', 'sum', 'quotient'])
  assert.deepEqual(foldConstants(graph).nodes, graph.nodes)
})

test('foldConstants() of folded batch norm leaves one convolution with the engine’s answers', async () => {
  const random = randomOf(2, 'network')
  const numbers = (count: number): number[] => Array.from({ length: count }, () => 0.5 + random.next())
  const g = graphBuilder('network')
  const x = g.input('x', 'float32', ['N', 2, 5, 5])
  const w = g.initializer('w', tensorOf('float32', [3, 2, 3, 3], numbers(54)))
  const rows = ['scale', 'bias', 'mean', 'variance'].map(name =>
    g.initializer(name, tensorOf('float32', [3], numbers(3))),
  )
  const conv = g.add('Conv', [x, w])
  const graph = g.build([g.add('BatchNormalization', [conv, ...rows], { epsilon: 1e-3 }, 'y')])
  const folded = foldConstants(foldBatchNormalization(graph))
  assert.deepEqual(
    folded.nodes.map(node => node.op),
    ['Conv'],
  )
  const feeds = { x: tensorOf('float32', [2, 2, 5, 5], numbers(100)) }
  const [before, after] = await Promise.all([run(graph, feeds), run(folded, feeds)])
  const expected = numbersOf(before)
  const largest = Math.max(...numbersOf(after).map((value, at) => Math.abs(value - expected[at]!)))
  // Other roundings of sums of 18 products of about 1.
  assert.ok(largest < 1e-5, `${largest}`)
})
