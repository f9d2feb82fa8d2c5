/** Networks in whole numbers, against the reference interpreter and against what they were made from. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addInt8, storedValues } from '../../src/export/int8-graph.ts'
import { scaleOf } from '../../src/export/int8-numbers.ts'
import type { StoredValue } from '../../src/export/int8-weights.ts'
import type { Statistics } from '../../src/export/statistics.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { interpret, ndarray } from '../../src/graph/reference/index.ts'
import { openSession } from '../../src/graph/session.ts'
import { numbersOf, tensorOf } from '../../src/graph/tensor.ts'
import type { Graph } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'

/** Pictures of 3 channels, [16, 3, 8, 8], of means that are not 0. */
const pictures = Float32Array.from({ length: 16 * 3 * 64 }, (_, at) => {
  const channel = Math.floor(at / 64) % 3
  return Math.fround(channel - 1 + 0.3 * randomOf(1, 'picture', at).normal())
})

/** A residual block as MobileNetV2 has them: expansion, strides of depthwise filters, projection, sum. */
function block(): Graph {
  const g = graphBuilder('block')
  const random = randomOf(2, 'block')
  const numbers = (name: string, shape: readonly number[], size: number): string => {
    const count = shape.reduce((a, b) => a * b)
    return g.initializer(
      name,
      tensorOf(
        'float32',
        shape,
        Float32Array.from({ length: count }, () => size * random.normal()),
      ),
    )
  }
  const six = [g.constant('float32', [], [0]), g.constant('float32', [], [6])] as const
  const x = g.input('x', 'float32', ['N', 3, 8, 8])
  const wide = g.add('Conv', [x, numbers('w1', [8, 3, 1, 1], 1), numbers('b1', [8], 0.5)], {}, 'expand')
  const bounded = g.add('Clip', [wide, ...six], {}, 'bounded')
  const depthwise = { group: 8, pads: [1, 1, 1, 1] }
  const filtered = g.add(
    'Conv',
    [bounded, numbers('w2', [8, 1, 3, 3], 0.4), numbers('b2', [8], 0.5)],
    depthwise,
    'filter',
  )
  const rectified = g.add('Relu', [filtered], {}, 'rectified')
  // Without a bias: the correction becomes one.
  const narrow = g.add('Conv', [rectified, numbers('w3', [3, 8, 1, 1], 0.3)], {}, 'project')
  const sum = g.add('Add', [x, narrow], {}, 'sum')
  const flat = g.add('Flatten', [g.add('GlobalAveragePool', [sum])])
  g.add('Gemm', [flat, numbers('w4', [3, 2], 1), numbers('b4', [2], 1)], {}, 'logits')
  return g.build(['logits'])
}

const network = block()
const feeds = { x: ndarray([16, 3, 8, 8], pictures) }

/** Some values of a graph, by the reference interpreter. */
function valuesOf(graph: Graph, names: readonly string[]): ReturnType<typeof interpret> {
  return interpret({ ...graph, outputs: names.map(name => graph.values.get(name)!) }, feeds)
}

function statistics(names: readonly string[]): Map<string, Statistics> {
  const values: ReturnType<typeof interpret> = { ...valuesOf(network, names.slice(1)), ...feeds }
  return new Map(
    names.map(name => {
      const { shape, data } = values[name]!
      const [images, channels, plane] = [shape[0]!, shape[1]!, shape[2]! * shape[3]!]
      const means = new Float64Array(channels)
      data.forEach((value, at) => {
        means[Math.floor(at / plane) % channels]! += value / (images * plane)
      })
      return [name, { least: Math.min(...data), most: Math.max(...data), means }]
    }),
  )
}

const stored = storedValues(network)
const measured = statistics(['x', ...stored])

/** The block in whole numbers, its input stored with an offset. */
function int8(offset: number): Graph {
  const { least, most } = measured.get('x')!
  const input: StoredValue = { ...scaleOf({ least, most: most + offset }), name: 'seen', offset }
  const g = graphBuilder('int8')
  const x = g.input('x', 'float32', ['N', 3, 8, 8])
  const moved = offset === 0 ? x : g.add('Add', [x, g.constant('float32', [], [offset])])
  const how = [g.constant('float32', [], [input.scale]), g.constant('uint8', [], [input.zeroPoint])]
  g.add('DequantizeLinear', [g.add('QuantizeLinear', [moved, ...how]), ...how], {}, 'seen')
  const renamed = {
    ...network,
    nodes: network.nodes.map(node => ({
      ...node,
      inputs: node.inputs.map(name => (name === 'x' ? 'seen' : name)),
    })),
  } as Graph
  addInt8(g, renamed, input, new Map([...measured, ['seen', measured.get('x')!]]))
  return g.build(['logits'])
}

test('storedValues() are what convolutions and sums give, behind the bound that is all they go through', () => {
  assert.deepEqual(stored, ['bounded', 'rectified', 'project', 'sum'])
})

test('addInt8() leaves bounds to the storing, and keeps the names of values', () => {
  const graph = int8(0)
  assert.ok(graph.nodes.every(({ op }) => op !== 'Clip' && op !== 'Relu'))
  for (const name of [...stored, 'logits']) assert.ok(graph.values.has(name), name)
})

test('addInt8() keeps a Clip whose bounds leave 0 out, which storing reaches to', () => {
  const g = graphBuilder('above')
  const x = g.input('x', 'float32', ['N', 1, 2, 2])
  const w = g.initializer('w', tensorOf('float32', [1, 1, 1, 1], [1]))
  const convolved = g.add('Conv', [x, w], {}, 'convolved')
  g.add('Clip', [convolved, g.constant('float32', [], [1]), g.constant('float32', [], [2])], {}, 'bounded')
  assert.deepEqual(storedValues(g.build(['bounded'])), ['convolved'])
})

test('addInt8() stores every weight in a byte and every bias in 32 bits', () => {
  const { nodes, initializers } = int8(0)
  /** What a value is made from, by first inputs. */
  const storedDtype = (name: string): string =>
    initializers.get(name)?.dtype ?? storedDtype(nodes.find(({ outputs }) => outputs[0] === name)!.inputs[0]!)
  const dtypes = (op: string, input: number): string[] =>
    nodes.filter(node => node.op === op && node.inputs[input]).map(node => storedDtype(node.inputs[input]!))
  assert.deepEqual(dtypes('Conv', 1), ['int8', 'int8', 'int8'])
  assert.deepEqual(dtypes('Conv', 2), ['int32', 'int32', 'int32'])
  assert.deepEqual(dtypes('Gemm', 1), ['int8'])
})

test('addInt8() runs on the engine as the reference interpreter runs it', async () => {
  const whole = int8(0)
  const graph = { ...whole, outputs: [whole.values.get('sum')!] }
  const session = await openSession(graph)
  const { sum } = await session.run({ x: tensorOf('float32', [16, 3, 8, 8], pictures) })
  await session.close()
  const expected = interpret(graph, feeds)['sum']!.data
  // Products are the same whole numbers; float32 rounds a few of them to the neighbour of what float64 rounds to.
  const { scale } = scaleOf(measured.get('sum')!)
  const steps = numbersOf(sum!).map((value, at) => Math.round(Math.abs(value - expected[at]!) / scale))
  assert.ok(Math.max(...steps) <= 1, `${Math.max(...steps)} steps`)
  assert.ok(steps.filter(count => count > 0).length < steps.length / 100)
})

for (const offset of [0, 0.25])
  test(`addInt8() keeps the mean of every channel, its input stored ${offset} too large`, () => {
    const graph = int8(offset)
    // Sums add what their inputs are off by, and pads see no correction of the input's offset.
    const found = valuesOf(graph, ['bounded', 'rectified', 'project'])
    for (const [name, { shape, data }] of Object.entries(found)) {
      const { scale } = scaleOf(measured.get(name)!)
      const channels = shape[1]!
      const means = new Float64Array(channels)
      data.forEach((value, at) => {
        means[Math.floor(at / 64) % channels]! += value / (16 * 64)
      })
      for (const [channel, mean] of means.entries())
        assert.ok(Math.abs(mean - measured.get(name)!.means[channel]!) < scale, `${name}, channel ${channel}`)
    }
  })
