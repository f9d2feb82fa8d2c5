/** Files that are damaged, hostile or foreign: each is read, or refused in words; none crashes or fills the memory. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { readOnnx } from '../../src/graph/onnx/read.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { printGraph } from '../../src/graph/text.ts'
import { UserError } from '../../src/util/errors.ts'
import { PbfWriter } from '../../src/util/protobuf.ts'
import { smallNetwork } from './small-network.ts'

/** The message when the bytes are refused; fails when they are refused for a reason that nobody foresaw. */
function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    printGraph(readOnnx(bytes, 'model.onnx').graph)
    return undefined
  } catch (error) {
    assert.ok(error instanceof UserError && error.code === 'model', String(error))
    assert.ok(!(error.cause instanceof TypeError), (error.cause as Error).stack)
    assert.match(error.message, /^Cannot read "model\.onnx" as an ONNX model: /)
    return error.message
  }
}

const models = [
  writeOnnx(smallNetwork('batch', 'float32').graph, { metadata: { names: 'a, b' } }),
  new Uint8Array(readFileSync('test/graph/fixtures/opset11.onnx')),
  new Uint8Array(readFileSync('test/graph/fixtures/opset9.onnx')),
]

/** A model with some bytes overwritten, a part cut out, and its end cut off. */
const damaged = fc
  .record({
    model: fc.constantFrom(...models),
    writes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    cut: fc.option(fc.tuple(fc.nat(), fc.nat(20))),
    kept: fc.option(fc.nat()),
  })
  .map(({ model, writes, cut, kept }) => {
    const bytes = Array.from(model)
    for (const [at, value] of writes) bytes[at % bytes.length] = value
    if (cut) bytes.splice(cut[0] % bytes.length, cut[1])
    return Uint8Array.from(kept === null ? bytes : bytes.slice(0, kept % bytes.length))
  })

test('readOnnx() reads or refuses any damaged model', () => {
  fc.assert(
    fc.property(damaged, bytes => void refusalOf(bytes)),
    { seed: 1, numRuns: 3000 },
  )
})

test('readOnnx() reads or refuses any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => void refusalOf(bytes)),
    { seed: 2, numRuns: 2000 },
  )
})

test('readOnnx() refuses a model that is cut short anywhere', () => {
  for (const model of models.slice(0, 2)) {
    assert.equal(refusalOf(model), undefined)
    // Behind the graph come the opset and the metadata, without which a file may be whole.
    for (let end = 0; end < model.length - 60; end++)
      assert.notEqual(refusalOf(model.subarray(0, end)), undefined, `cut after ${end} bytes`)
  }
})

type Fields = (out: PbfWriter) => void

/** A model of opset 18 with these fields in its graph. */
function modelOf(graph: Fields): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeMessage(7, (_, out) => graph(out), null)
  pbf.writeMessage(8, (_, out) => out.writeVarintField(2, 18), null)
  return pbf.finish()
}

function tensorField(dims: readonly number[], more: Fields): Fields {
  return out =>
    out.writeMessage(
      5,
      (_, tensor) => {
        for (const dim of dims) tensor.writeVarintField(1, dim)
        tensor.writeVarintField(2, 1)
        tensor.writeStringField(8, 'w')
        more(tensor)
      },
      null,
    )
}

const fourBytes: Fields = out => out.writeBytesField(9, new Uint8Array(4))

/** A graph of a node If whose branch is a graph of a node If whose branch ... */
function nested(depth: number): Uint8Array {
  let graph = new Uint8Array()
  for (let level = 0; level < depth; level++) {
    const pbf = new PbfWriter()
    const branch: Fields = attribute => attribute.writeBytesField(6, graph)
    const node: Fields = out => {
      out.writeStringField(4, 'If')
      out.writeMessage(5, (_, attribute) => branch(attribute), null)
    }
    pbf.writeMessage(1, (_, out) => node(out), null)
    graph = new Uint8Array(pbf.finish())
  }
  const pbf = new PbfWriter()
  pbf.writeBytesField(7, graph)
  pbf.writeMessage(8, (_, out) => out.writeVarintField(2, 18), null)
  return pbf.finish()
}

const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['an empty file', new Uint8Array(), /holds no ONNX graph/],
  ['a text', Buffer.from('<!DOCTYPE html><html>'), /as an ONNX model/],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /as an ONNX model/],
  [
    'a tensor that claims 2^80 elements',
    modelOf(tensorField([2 ** 40, 2 ** 40], fourBytes)),
    /elements for shape/,
  ],
  ['a tensor of negative sizes', modelOf(tensorField([-1, -1], fourBytes)), /has the shape \[-1,-1\]/],
  [
    'a tensor of half an element',
    modelOf(tensorField([1], out => out.writeBytesField(9, new Uint8Array(2)))),
    /multiple of 4/,
  ],
  [
    'a tensor of unknown dtype',
    modelOf(tensorField([1], out => out.writeVarintField(2, 999))),
    /element types/,
  ],
  [
    'lists that claim more than the file holds',
    modelOf(out => out.writeRawMessage((_, raw) => raw.writeFixed64(2 ** 50), null)),
    /as an ONNX model/,
  ],
  [
    'a length of 2^63',
    Uint8Array.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    /as an ONNX model/,
  ],
  ['a length of -1', Uint8Array.from([0x3a, ...Array(9).fill(0xff), 0x01]), /as an ONNX model/],
  ['graphs within graphs, 2,000 deep', nested(2000), /the operator "If" of node "" is unknown/],
  [
    'a file that keeps its weights elsewhere',
    readFileSync('test/graph/fixtures/external.onnx'),
    /"w" keeps its data in another file/,
  ],
]

for (const [what, bytes, message] of hostile)
  test(`readOnnx() refuses ${what}`, () => {
    assert.match(refusalOf(bytes) ?? 'read', message)
  })

interface Operation {
  readonly op: string
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly domain?: string
  readonly attribute?: Fields
}

/** A model of one node on an image [1, 2, 4, 4]. */
function nodeModel({
  op,
  inputs = ['image'],
  outputs = ['y'],
  domain = '',
  attribute,
}: Operation): Uint8Array {
  return modelOf(out => {
    const sizes: Fields = shape => {
      for (const size of [1, 2, 4, 4]) shape.writeMessage(1, (_, dim) => dim.writeVarintField(1, size), null)
    }
    const tensorType: Fields = type => {
      type.writeVarintField(1, 1)
      type.writeMessage(2, (_, shape) => sizes(shape), null)
    }
    out.writeMessage(
      1,
      (_, node) => {
        for (const input of inputs) node.writeStringField(1, input)
        for (const output of outputs) node.writeStringField(2, output)
        node.writeStringField(3, 'it')
        node.writeStringField(4, op)
        if (attribute) node.writeMessage(5, (_none, field) => attribute(field), null)
        node.writeStringField(7, domain)
      },
      null,
    )
    out.writeMessage(
      11,
      (_, value) => {
        value.writeStringField(1, 'image')
        value.writeMessage(
          2,
          (_none, kind) => kind.writeMessage(1, (_nothing, type) => tensorType(type), null),
          null,
        )
      },
      null,
    )
    out.writeMessage(12, (_, value) => value.writeStringField(1, 'y'), null)
  })
}

function intAttribute(name: string, value: number): Fields {
  return out => {
    out.writeStringField(1, name)
    out.writeVarintField(3, value)
    out.writeVarintField(20, 2)
  }
}

function intsAttribute(name: string, ...values: number[]): Fields {
  return out => {
    out.writeStringField(1, name)
    for (const value of values) out.writeVarintField(8, value)
    out.writeVarintField(20, 7)
  }
}

const foreign: readonly (readonly [Operation, string])[] = [
  [{ op: 'LSTM' }, 'the operator "LSTM" of node "it" is unknown'],
  [{ op: 'Relu', domain: 'com.microsoft' }, 'the operator "com.microsoft.Relu" of node "it" is unknown'],
  [{ op: 'toString' }, 'the operator "toString" of node "it" is unknown'],
  [{ op: 'MaxPoolGradient' }, 'the operator "MaxPoolGradient" of node "it" is unknown'],
  [{ op: 'Add' }, 'Expected 2 inputs for Add "it". Received: 1'],
  [{ op: 'Relu', inputs: ['picture'] }, 'the input "picture" of node "it" comes from nowhere before it'],
  [{ op: 'Relu', inputs: [''] }, 'Relu "it" lacks its input 0'],
  [{ op: 'Relu', outputs: [] }, 'Expected 1 output of Relu "it". Received: 0'],
  [{ op: 'Relu', outputs: ['z'] }, 'The graph "graph" has no value "y"'],
  [{ op: 'Relu', outputs: ['image'] }, 'The graph "graph" has a value "image" already'],
  [
    { op: 'MaxPool', outputs: ['y', 'indices'], attribute: intsAttribute('kernel_shape', 2, 2) },
    'Expected 1 output of MaxPool "it". Received: 2',
  ],
  [
    { op: 'MaxPool', attribute: intsAttribute('dilations', 2, 2) },
    'the attribute "dilations" of MaxPool "it" is unknown, or has an unknown value',
  ],
  [
    { op: 'MaxPool', attribute: intAttribute('kernel_shape', 2) },
    'the attribute "kernel_shape" is no list of whole numbers',
  ],
  [
    { op: 'MaxPool', attribute: intsAttribute('kernel_shape', 2) },
    'MaxPool "it" cannot move over [1,2,4,4] with kernel [2], strides [1,1], dilations [1,1], pads [0,0,0,0]',
  ],
  [
    { op: 'MaxPool', attribute: intsAttribute('strides', 0, 1) },
    'MaxPool "it" cannot move over [1,2,4,4] with kernel [1,1], strides [0,1], dilations [1,1], pads [0,0,0,0]',
  ],
  [
    { op: 'MaxPool', attribute: intsAttribute('kernel_shape', 9, 9) },
    'A kernel of 9 does not fit 4 elements padded by 0',
  ],
  [{ op: 'Softmax', attribute: intsAttribute('axis', 1) }, 'the attribute "axis" of "it" is no int'],
  [
    { op: 'Softmax', attribute: intAttribute('__proto__', 1) },
    'the attribute "__proto__" of Softmax "it" is unknown, or has an unknown value',
  ],
  [
    { op: 'Transpose', attribute: intsAttribute('perm', 0, 1, 2, 2) },
    'Transpose "it" cannot order the axes of [1,2,4,4] as [0,1,2,2]',
  ],
  [
    { op: 'Cast', attribute: intAttribute('to', 8) },
    'Expected one of the element types 1,2,3,6,7,9,10,11. Received: 8',
  ],
  [{ op: 'Flatten', attribute: intAttribute('axis', 7) }, 'Axis 7 is outside of rank 4'],
  [{ op: 'Constant', inputs: [] }, 'the constant "it" holds no numbers'],
]

for (const [operation, message] of foreign)
  test(`readOnnx() says: ${message}`, () => {
    assert.equal(refusalOf(nodeModel(operation)), `Cannot read "model.onnx" as an ONNX model: ${message}`)
  })

test('readOnnx() names the opset that is too old', () => {
  const bytes = readFileSync('test/graph/fixtures/opset9.onnx')
  // ModelProto's last field is the opset's version.
  assert.equal(bytes.at(-1), 9)
  bytes[bytes.length - 1] = 8
  assert.match(refusalOf(bytes)!, /it is written in opset 8, the oldest one read is 9$/)
})
