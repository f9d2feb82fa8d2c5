/** Building graphs: names, shared constants, and what is said of nodes that do not fit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GraphBuilder, graphBuilder } from '../../src/graph/builder.ts'
import type { Attributes, OpName } from '../../src/graph/ops.ts'
import { withSizes } from '../../src/graph/sizes.ts'
import { tensorOf } from '../../src/graph/tensor.ts'

function builderWithInputs(): GraphBuilder {
  const g = graphBuilder('g')
  g.input('image', 'float32', ['N', 3, 8, 8])
  g.input('rows', 'float32', ['N', 4])
  g.input('matrix', 'float32', [2, 3])
  g.input('doubles', 'float64', [2, 3])
  g.input('labels', 'int64', ['N'])
  g.initializer('kernel', tensorOf('float32', [2, 3, 3, 3], Array(54).fill(0)))
  g.initializer('channels', tensorOf('float32', [5], Array(5).fill(0)))
  for (const numbers of [[2], [0, 0], [1, 1, 0, 0], [4, 4]])
    g.initializer(`ints ${numbers}`, tensorOf('int64', [numbers.length], numbers))
  return g
}

test('graphBuilder() gives values fresh names and nodes the names that are asked for', () => {
  const g = graphBuilder('names')
  const x = g.input('x', 'float32', [2])
  assert.deepEqual(
    [g.add('Neg', [x]), g.add('Neg', [x]), g.add('Neg', [x], {}, 'minus')],
    ['Neg', 'Neg_2', 'minus'],
  )
  assert.equal(g.add('Neg', [x], {}, 'minus'), 'minus_2')
  assert.deepEqual(
    g.build([]).nodes.map(node => node.name),
    ['Neg', 'Neg_2', 'minus', 'minus_2'],
  )
})

test('graphBuilder().constant() shares equal arrays', () => {
  const g = graphBuilder('constants')
  const one = g.constant('float32', [], [1])
  assert.equal(g.constant('float32', [], [1]), one)
  const others = [
    g.constant('float64', [], [1]),
    g.constant('float32', [1], [1]),
    g.constant('float32', [], [-1]),
  ]
  assert.equal(new Set([one, ...others]).size, 4)
})

test('graphBuilder() goes on from a graph without changing it', () => {
  const g = graphBuilder('first')
  const y = g.add('Neg', [g.input('x', 'float32', [2])], {}, 'y')
  const first = g.build([y])
  const more = graphBuilder('second', first)
  assert.equal(more.producer('y'), first.nodes[0])
  const second = more.build([more.add('Exp', [y])])
  assert.equal(first.nodes.length, 1)
  assert.equal(second.nodes.length, 2)
  assert.deepEqual(second.inputs, first.inputs)
})

test('graphBuilder() keeps nothing of what it refuses', () => {
  const g = graphBuilder('g')
  const value = tensorOf('float32', [1], [1])
  g.initializer('w', value)
  assert.throws(() => g.initializer('w', tensorOf('float32', [1], [2])), {
    name: 'RangeError',
    message: 'The graph "g" has a value "w" already',
  })
  assert.throws(() => g.input('w', 'float32', [1]), RangeError)
  assert.throws(() => g.add('Add', ['w', 'v']), { message: 'The graph "g" has no value "v"' })
  assert.throws(() => g.build(['y']), { message: 'The graph "g" has no value "y"' })
  const graph = g.build(['w'])
  assert.equal(graph.initializers.get('w'), value)
  assert.deepEqual([graph.inputs.length, graph.nodes.length], [0, 0])
})

type Refusal = {
  readonly [K in OpName]: readonly [
    op: K,
    inputs: string,
    attributes: Partial<Attributes<K>>,
    message: string,
  ]
}[OpName]

const refusals: readonly Refusal[] = [
  ['Add', 'rows matrix', {}, 'Shapes [N,4] and [2,3] do not broadcast at axis 0'],
  ['Add', 'matrix doubles', {}, 'Add "it" mixes float32 and float64'],
  ['Add', 'matrix', {}, 'Expected 2 inputs for Add "it". Received: 1'],
  ['Clip', 'matrix matrix matrix matrix', {}, 'Expected 1 to 3 inputs for Clip "it". Received: 4'],
  ['Concat', '', {}, 'Expected 1 or more inputs for Concat "it". Received: 0'],
  ['Concat', 'matrix rows', { axis: 0 }, 'Concat "it" cannot join [2,3] and [N,4] along axis 0'],
  ['MatMul', 'matrix matrix', {}, 'MatMul "it" cannot multiply [2,3] and [2,3]'],
  ['Gemm', 'matrix matrix', { transB: 0 }, 'Gemm "it" cannot multiply [2,3] and [2,3] (transA 0, transB 0)'],
  ['Gemm', 'matrix matrix channels', { transB: 1 }, 'Shapes [2,2] and [5] do not broadcast at axis 1'],
  [
    'Conv',
    'rows kernel',
    {},
    'Conv "it" with kernel [2,3,3,3], bias [2] and 1 groups does not fit an input of [N,4]',
  ],
  [
    'Conv',
    'image kernel',
    { group: 3 },
    'Conv "it" with kernel [2,3,3,3], bias [2] and 3 groups does not fit an input of [N,3,8,8]',
  ],
  [
    'Conv',
    'image kernel channels',
    {},
    'Conv "it" with kernel [2,3,3,3], bias [5] and 1 groups does not fit an input of [N,3,8,8]',
  ],
  [
    'Conv',
    'image kernel',
    { strides: [2] },
    'Conv "it" cannot move over [N,3,8,8] with kernel [3,3], strides [2], dilations [1,1], pads [0,0,0,0]',
  ],
  ['Conv', 'image kernel', { dilations: [4, 4] }, 'A kernel of 3 does not fit 8 elements padded by 0'],
  ['GlobalMaxPool', 'rows', {}, 'GlobalMaxPool "it" needs [N, C, H, W]. Received: [N,4]'],
  [
    'BatchNormalization',
    'image channels channels channels channels',
    {},
    'BatchNormalization "it" of [N,3,8,8] cannot use [5] a channel',
  ],
  ['Reshape', 'matrix ints 4,4', {}, 'Cannot reshape [2,3] to [4,4] in "it"'],
  ['Reshape', 'matrix labels', {}, 'Input 1 of Reshape "it" must be a constant'],
  ['Transpose', 'matrix', { perm: [0, 0] }, 'Transpose "it" cannot order the axes of [2,3] as [0,0]'],
  ['Squeeze', 'matrix ints 0,0', {}, 'Squeeze "it" cannot drop axis 0 of [2,3]'],
  ['Unsqueeze', 'matrix ints 0,0', {}, 'Unsqueeze "it" names an axis twice: [0,0]'],
  [
    'Slice',
    'matrix ints 0,0 ints 2',
    {},
    'Slice "it" needs as many starts, ends, axes and steps, no step of 0',
  ],
  ['Slice', 'rows ints 2 ints 2', {}, 'Axis 0 of [N,4] must have a known size'],
  ['Pad', 'matrix ints 2', {}, 'Expected 4 pads for Pad "it". Received: 1'],
  ['Expand', 'matrix labels', {}, 'The target of Expand "it" must be a constant or a Shape'],
  ['Expand', 'matrix ints 4,4', {}, 'Shapes [2,3] and [4,4] do not broadcast at axis 0'],
  ['ReduceSum', 'matrix ints 2', {}, 'Axis 2 is outside of rank 2'],
  ['Softmax', '', {}, 'Expected 1 input for Softmax "it". Received: 0'],
]

for (const [op, inputs, attributes, message] of refusals)
  test(`graphBuilder().add() says: ${message}`, () => {
    const g = builderWithInputs()
    const names = inputs.split(/ (?!\d)/).filter(name => name !== '')
    assert.throws(() => g.add(op, names, attributes, 'it'), { name: 'RangeError', message })
    assert.ok(!g.has('it'))
  })

test('graphBuilder() names sizes that are known only when the graph runs', () => {
  const g = graphBuilder('sizes')
  g.initializer('kernel', tensorOf('float32', [4, 3, 3, 3], Array(108).fill(0)))
  const image = g.input('image', 'float32', ['N', 3, 'H', 'W'])
  const same = g.add('Conv', [image, 'kernel'], { pads: [1, 1, 1, 1] }, 'same')
  const half = g.add('Conv', [image, 'kernel'], { pads: [0, 0, 1, 1], strides: [2, 2] }, 'half')
  const valid = g.add('Conv', [image, 'kernel'], {}, 'valid')
  const flat = g.add('Reshape', [same, g.constant('int64', [2], [-1, 4])], {}, 'flat')
  const shapes = [same, half, valid, flat].map(name => g.info(name).shape.join())
  assert.deepEqual(shapes, ['N,4,H,W', 'N,4,floor(H/2),floor(W/2)', 'N,4,(H-2),(W-2)', 'H*N*W,4'])
})

test('withSizes() gives numbers to named sizes, and infers all shapes anew', () => {
  const g = graphBuilder('sizes')
  g.initializer('kernel', tensorOf('float32', [4, 3, 3, 3], Array(108).fill(0)))
  const image = g.input('image', 'float32', ['N', 3, 'H', 'W'])
  const y = g.add('Conv', [image, 'kernel'], { pads: [0, 0, 1, 1], strides: [2, 2] }, 'y')
  const graph = withSizes(g.build([y]), { H: 9, W: 8 })
  assert.deepEqual(graph.inputs[0]!.shape, ['N', 3, 9, 8])
  assert.deepEqual(graph.outputs[0]!.shape, ['N', 4, 4, 4])
  assert.throws(() => withSizes(graph, { H: 9 }), {
    name: 'RangeError',
    message: 'No input of the graph "sizes" has the named size "H"',
  })
})
