/** ONNX files: what is written is read back, older files are understood, real ones run as they are. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { withGradients } from '../../src/graph/gradients/index.ts'
import { lower } from '../../src/graph/lowering/index.ts'
import { readOnnx, readOnnxInitializers, readOnnxMetadata } from '../../src/graph/onnx/read.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { isGraftOp } from '../../src/graph/ops.ts'
import { interpret, ndarray } from '../../src/graph/reference/index.ts'
import { openSession } from '../../src/graph/session.ts'
import { withSizes } from '../../src/graph/sizes.ts'
import { numbersOf, tensorOf } from '../../src/graph/tensor.ts'
import { printGraph } from '../../src/graph/text.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'
import { PbfWriter } from '../../src/util/protobuf.ts'
import { trialOf } from './cases/case.ts'
import { everyOp } from './cases/index.ts'
import { smallNetwork } from './small-network.ts'

/** Asserts that a file of the graph holds the same graph. */
function survives(graph: Graph): void {
  const { graph: read } = readOnnx(writeOnnx(graph), 'graph.onnx')
  assert.equal(printGraph(read), printGraph(graph))
  assert.deepEqual(read.nodes, graph.nodes)
  assert.deepEqual(read.outputs, graph.outputs)
  for (const [name, value] of read.initializers) assert.deepEqual(value, graph.initializers.get(name), name)
}

test('readOnnx() gives the graph that writeOnnx() wrote, for every operator and attribute', () => {
  for (const [op, { cases, refused = [] }] of everyOp) {
    if (isGraftOp(op)) continue
    for (const one of [...cases, ...refused]) survives(trialOf(op, one, 'float32').graph)
  }
})

test('readOnnx() gives the graph that writeOnnx() wrote, for a training step', () => {
  for (const statistics of ['given', 'batch'] as const) {
    const { graph, loss, parameters } = smallNetwork(statistics, 'float32')
    survives(lower(withGradients(graph, loss, parameters)))
  }
})

test('readOnnx() gives tensors of every dtype their values back', () => {
  const { builder: g } = trialOf('Neg', everyOp.find(([op]) => op === 'Neg')![1].cases[0]!, 'float32')
  const numbers = [0, 1, 1, 0]
  const bits = Uint16Array.from([0x3c00, 0xc000, 0x7bff, 0x0001])
  const tensors: Tensor[] = (['float32', 'float64', 'int32', 'int64', 'uint8', 'int8', 'bool'] as const).map(
    dtype => tensorOf(dtype, [2, 2], numbers),
  )
  tensors.push({ dtype: 'float16', shape: [4], data: bits }, tensorOf('int64', [2], [-(2 ** 53), 2 ** 53]))
  tensors.push(tensorOf('float32', [], [Math.fround(0.1)]), tensorOf('float64', [0, 3], []))
  const names = tensors.map((value, index) => g.add('Identity', [g.initializer(`t${index}`, value)]))
  const read = readOnnxInitializers(writeOnnx(g.build(names)), 'tensors.onnx')
  assert.deepEqual([...read.values()], tensors)
})

/** An initializer "w" of a graph of its own. */
function tensorFile(write: (tensor: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter()
  const named = (out: PbfWriter): void => {
    write(out)
    out.writeStringField(8, 'w')
  }
  pbf.writeMessage(7, (_, graph) => graph.writeMessage(5, (_none, out) => named(out), null), null)
  return pbf.finish()
}

test('readOnnx() understands lists of numbers, packed or one by one, in place of raw bytes', () => {
  const read = (write: (tensor: PbfWriter) => void): Tensor | undefined =>
    readOnnxInitializers(tensorFile(write), 'lists.onnx').get('w')
  const packed = read(out => {
    out.writePackedVarint(1, [2, 1])
    out.writeVarintField(2, 1)
    out.writePackedFloat(4, [1.5, -2])
  })
  const single = read(out => {
    for (const size of [2, 1]) out.writeVarintField(1, size)
    out.writeVarintField(2, 1)
    for (const number of [1.5, -2]) out.writeFloatField(4, number)
  })
  assert.deepEqual(packed, tensorOf('float32', [2, 1], [1.5, -2]))
  assert.deepEqual(single, packed)
  const halves = (count: number): Tensor | undefined =>
    read(out => {
      out.writePackedVarint(1, [count])
      out.writeVarintField(2, 10)
      out.writePackedVarint(5, [0x3c00, 0xc000])
    })
  assert.deepEqual(halves(2)?.data, Uint16Array.of(0x3c00, 0xc000))
  assert.throws(() => halves(3), {
    code: 'model',
    message: /Expected 3 elements for shape \[3\]\. Received: 2$/,
  })
})

test('writeOnnx() gives the same bytes for the same graph', () => {
  const make = (): Graph => smallNetwork('batch', 'float32').graph
  assert.deepEqual(writeOnnx(make()), writeOnnx(make()))
})

test('writeOnnx() refuses a graph that is not lowered', () => {
  const { graph, loss, parameters } = smallNetwork('given', 'float32')
  assert.throws(() => writeOnnx(withGradients(graph, loss, parameters)), {
    name: 'TypeError',
    message: /^Expected a lowered graph\. Received: \w+Gradient "/,
  })
})

test('readOnnxMetadata() gives every text back, also under a name that objects have', () => {
  const metadata = Object.fromEntries([
    ['names', "{0: 'ant', 1: 'bee'}"],
    ['__proto__', 'a text'],
    ['constructor', ''],
    ['', 'the empty key'],
    ['ключ', '🌵 '.repeat(10_000)],
  ])
  const bytes = writeOnnx(smallNetwork('given', 'float32').graph, { metadata, producer: 'a test' })
  const read = readOnnxMetadata(bytes)
  assert.deepEqual(Object.entries(read), Object.entries(metadata))
  assert.equal(Object.getPrototypeOf(read), Object.prototype)
  assert.deepEqual(readOnnx(bytes, 'model.onnx').metadata, read)
})

interface OldOpsets {
  readonly [opset: string]: { readonly shape: readonly number[]; readonly y: readonly number[] }
}

const oldOpsets: OldOpsets = JSON.parse(readFileSync('test/graph/fixtures/old-opsets.json', 'utf8'))

/** sin(i), as scripts/parity/old_opsets.py makes its images. */
function wave(shape: readonly number[]): number[] {
  const count = shape.reduce((product, dim) => product * dim, 1)
  return Array.from({ length: count }, (_, at) => Math.fround(Math.sin(at)))
}

/** Two evaluators of float32 that sum up to 18 products in different orders. */
const tolerance = 2e-6

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, within = tolerance): void {
  assert.equal(actual.length, expected.length)
  for (let at = 0; at < actual.length; at++)
    assert.ok(Math.abs(actual[at]! - expected[at]!) <= within, `[${at}]: ${actual[at]}, not ${expected[at]}`)
}

for (const opset of ['opset9', 'opset11'])
  test(`readOnnx() of a file of ${opset} computes what ONNX's own evaluator does`, async () => {
    const bytes = readFileSync(`test/graph/fixtures/${opset}.onnx`)
    const { graph } = readOnnx(bytes, opset)
    const { shape, y } = oldOpsets[opset]!
    const image = graph.inputs[0]!.shape as readonly number[]
    const result = interpret(graph, { image: ndarray(image, wave(image)) })['y']!
    assert.deepEqual(result.shape, shape)
    assertClose(result.data, y)
    const session = await openSession(graph)
    const engine = await session.run({ image: tensorOf('float32', image, wave(image)) })
    await session.close()
    assertClose(numbersOf(engine['y']!), y)
  })

const weights = '../shared/weights/mobilenet_v2_100_224/mobilenet_v2_100_224.onnx'
const isAbsent = { skip: !existsSync(weights) && `${weights} is absent` }

test('readOnnx() of a published MobileNetV2 computes what the file does', isAbsent, async () => {
  const bytes = readFileSync(weights)
  const { graph } = readOnnx(bytes, weights)
  assert.equal(graph.nodes.length, 100)
  assert.deepEqual(graph.inputs, [{ name: 'image', dtype: 'float32', shape: ['N', 3, 'H', 'W'] }])
  assert.deepEqual(graph.values.get('features')!.shape.slice(0, 2), ['N', 1280])
  const shape = [2, 3, 64, 96]
  const image = tensorOf('float32', shape, wave(shape))
  const [theirs, ours] = [await openSession(bytes), await openSession(graph)]
  const [expected, found] = [await theirs.run({ image }), await ours.run({ image })]
  assert.deepEqual(found, expected)
  await Promise.all([theirs.close(), ours.close()])
})

/** 52 layers of float32 between numbers up to 20. */
const networkTolerance = 1e-3

test('interpret() of a published MobileNetV2 agrees with the engine', isAbsent, async () => {
  const bytes = readFileSync(weights)
  const graph = withSizes(readOnnx(bytes, weights).graph, { N: 1, H: 32, W: 32 })
  const shape = [1, 3, 32, 32]
  const session = await openSession(bytes)
  const engine = await session.run({ image: tensorOf('float32', shape, wave(shape)) })
  await session.close()
  const { logits } = interpret(graph, { image: ndarray(shape, wave(shape)) })
  assertClose(numbersOf(engine['logits']!), logits!.data, networkTolerance)
})
