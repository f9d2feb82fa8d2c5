/** Bundles that are damaged, foreign, new or hostile: each gives one clear message. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { buildBundle } from '../../src/bundle/build.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { seal } from '../../src/bundle/seal.ts'
import { type GraphBuilder, graphBuilder } from '../../src/graph/builder.ts'
import { readOnnx } from '../../src/graph/onnx/read.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import type { Graph } from '../../src/graph/types.ts'
import { UserError } from '../../src/util/errors.ts'
import { PbfWriter } from '../../src/util/protobuf.ts'
import { temporaryFolder } from '../pipeline/pictures.ts'
import { tinyParts } from './made.ts'

const bytes = buildBundle(tinyParts())
const { graph, metadata } = readOnnx(bytes, 'it')
const facts = JSON.parse(metadata['graft']!)

/** A bundle with other facts or another graph, and a seal that is right. */
function bundleWith(changes: object, other: Graph = graph): Uint8Array {
  return seal(writeOnnx(other, { metadata: { graft: JSON.stringify({ ...facts, ...changes }) } }))
}

function refusal(model: string | URL | Uint8Array): UserError {
  try {
    loadBundle(model)
  } catch (error) {
    assert.ok(error instanceof UserError && error.code === 'model', String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'it was not refused' })
}

test('loadBundle() reads a file, a file URL, a run folder, a Buffer and bytes alike', context => {
  const folder = temporaryFolder(context)
  const file = join(folder, 'best.onnx')
  writeFileSync(file, bytes)
  const unaligned = Buffer.concat([Buffer.from('x'), bytes]).subarray(1)
  for (const model of [file, folder, pathToFileURL(file), pathToFileURL(file).href, bytes, unaligned])
    assert.deepEqual(loadBundle(model).facts, facts)
})

test('loadBundle() gives back the graph that was built', () => {
  assert.deepEqual(writeOnnx(loadBundle(bytes).graph), writeOnnx(graph))
})

test('loadBundle() names a path that is no bundle', context => {
  const folder = temporaryFolder(context)
  const fifo = join(folder, 'pipe.onnx')
  execFileSync('mkfifo', [fifo])
  mkdirSync(join(folder, 'best.onnx'))
  const absent = join(folder, 'absent.onnx')
  assert.equal(
    refusal(absent).message,
    `Cannot load "${absent}": there is no such file, or no "best.onnx" in that folder`,
  )
  assert.equal(refusal(folder).message, `Cannot load "${folder}": it is no plain file`)
  assert.equal(refusal(fifo).message, `Cannot load "${fifo}": it is no plain file`)
})

test('loadBundle() refuses what is no path', () => {
  assert.throws(() => loadBundle(undefined as never), /^TypeError: Expected a path, .* Received: undefined$/)
})

test('loadBundle() fetches nothing', () => {
  assert.match(refusal('https://example.org/best.onnx').message, /only files are read, nothing is fetched$/)
  assert.match(
    refusal(new URL('https://example.org/best.onnx')).message,
    /only files are read, nothing is fetched$/,
  )
})

test('loadBundle() tells a foreign model from a bundle', () => {
  const g = graphBuilder('foreign')
  const foreign = writeOnnx(g.build([g.add('Neg', [g.input('x', 'float32', [1])])]))
  assert.match(refusal(foreign).message, /it is no bundle made by Graft, or it was cut short$/)
  assert.match(
    refusal(new TextEncoder().encode('<html>')).message,
    /^Cannot read "the model" as an ONNX model/,
  )
  assert.match(refusal(new Uint8Array()).message, /^Cannot read "the model" as an ONNX model/)
})

test('loadBundle() refuses a bundle that was cut short anywhere', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), end => void refusal(bytes.subarray(0, end))),
    { seed: 1, numRuns: 200 },
  )
})

test('loadBundle() refuses a bundle in which any byte was changed', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flips) => {
      const changed = Uint8Array.from(bytes)
      changed[at]! ^= flips
      refusal(changed)
    }),
    { seed: 2, numRuns: 200 },
  )
})

test('loadBundle() says that a changed weight was changed', () => {
  const changed = Uint8Array.from(bytes)
  changed[Math.floor(bytes.length / 2)]! ^= 1
  assert.match(refusal(changed).message, /its content is not what was written into it$/)
})

test('loadBundle() says that a bundle is of a newer version, whatever else is in it', () => {
  const error = refusal(bundleWith({ format: 2, card: undefined, colours: 'many' }))
  assert.equal(
    error.message,
    'Cannot use "the model": it is a bundle of format 2, this version of Graft reads format 1',
  )
  assert.equal(error.hint, 'use the version of Graft that made it, or a newer one')
})

const senseless: readonly (readonly [what: string, changes: object, path: string])[] = [
  ['no format', { format: undefined }, 'format'],
  ['format 0', { format: 0 }, 'format'],
  ['an unknown fact', { colour: 'red' }, ''],
  ['one class', { classNames: ['ant'] }, 'classNames'],
  ['a class name twice', { classNames: ['ant', 'bee', 'ant'] }, 'classNames'],
  ['a class without a name', { classNames: ['ant', 'bee', ''] }, 'classNames.2'],
  ['a class name that is no text', { classNames: ['ant', 'bee', 3] }, 'classNames.2'],
  ['a vast side', { preprocessing: { ...facts.preprocessing, size: 1e9 } }, 'preprocessing.size'],
  ['a side between pixels', { preprocessing: { ...facts.preprocessing, size: 31.5 } }, 'preprocessing.size'],
  ['an unknown fit', { preprocessing: { ...facts.preprocessing, fit: 'tile' } }, 'preprocessing.fit'],
  ['no temperature', { temperature: -1 }, 'temperature'],
]

for (const [what, changes, path] of senseless)
  test(`loadBundle() refuses facts with ${what}`, () => {
    const { message } = refusal(bundleWith(changes))
    const start = `Cannot use "the model": what it says of itself makes no sense. At "${path}": `
    assert.ok(message.startsWith(start), message)
  })

test('loadBundle() refuses facts that are no JSON', () => {
  const model = seal(writeOnnx(graph, { metadata: { graft: '{"format": 1' } }))
  assert.match(refusal(model).message, /it is no JSON$/)
})

/** A graph with the interface of a bundle, or nearly. */
function hostile(build: (g: GraphBuilder, image: string) => string): Graph {
  const g = graphBuilder('hostile')
  return g.build([build(g, g.input('image', 'uint8', ['N', 'H', 'W', 3]))])
}

const toFloat = (g: GraphBuilder, x: string, name: string): string => g.add('Cast', [x], { to: 1 }, name)
const sizes = (g: GraphBuilder, ...numbers: number[]): string =>
  g.constant('int64', [numbers.length], numbers)

test('loadBundle() refuses a graph with another interface', () => {
  const misnamed = hostile((g, image) => toFloat(g, image, 'y'))
  const misshapen = hostile((g, image) => toFloat(g, image, 'probabilities'))
  assert.match(
    refusal(bundleWith({}, misnamed)).message,
    /as a classifier: Expected the output "probabilities: /,
  )
  assert.match(refusal(bundleWith({}, misshapen)).message, /Received: "probabilities: float32 \[N,H,W,3\]"$/)
  const classNames = ['ant', 'bee', 'cactus', 'dog']
  assert.match(refusal(bundleWith({ classNames })).message, /float32 \[N,4\]". Received: .*float32 \[N,3\]"$/)
})

test('loadBundle() refuses a graph that asks for a vast array', () => {
  const vast = hostile((g, image) => {
    const small = g.add('Resize', [image, '', '', sizes(g, 1, 1)], { axes: [1, 2] })
    const large = g.add('Resize', [small, '', '', sizes(g, 60_000, 60_000)], { axes: [1, 2] }, 'large')
    const back = g.add('Resize', [large, '', '', sizes(g, 1, 1)], { axes: [1, 2] })
    return g.add('Flatten', [toFloat(g, back, 'float')], {}, 'probabilities')
  })
  assert.match(refusal(bundleWith({}, vast)).message, /Received: "large" \[N,60000,60000,3\]$/)
})

/** A sealed model with these fields in its graph. */
function modelOf(write: (out: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeMessage(7, (_, out) => write(out), null)
  pbf.writeMessage(8, (_, out) => out.writeVarintField(2, 18), null)
  const entry = (_: null, out: PbfWriter): void => {
    out.writeStringField(1, 'graft')
    out.writeStringField(2, JSON.stringify(facts))
  }
  pbf.writeMessage(14, entry, null)
  return seal(pbf.finish())
}

test('loadBundle() refuses weights in another file', () => {
  const external = modelOf(out => {
    const tensor = (_: null, inner: PbfWriter): void => {
      inner.writeVarintField(2, 1)
      inner.writeStringField(8, 'weight')
      inner.writeVarintField(14, 1)
    }
    out.writeMessage(5, tensor, null)
  })
  assert.match(refusal(external).message, /the tensor "weight" keeps its data in another file/)
})

test('loadBundle() refuses operators that Graft has no word for, such as loops', () => {
  const loop = modelOf(out => {
    const node = (_: null, inner: PbfWriter): void => {
      inner.writeStringField(2, 'probabilities')
      inner.writeStringField(4, 'Loop')
    }
    out.writeMessage(1, node, null)
  })
  assert.match(refusal(loop).message, /the operator "Loop" of node "" is unknown$/)
})
