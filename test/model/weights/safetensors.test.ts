import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocate } from '../../../src/graph/tensor.ts'
import type { DType, Tensor } from '../../../src/graph/types.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/model/weights/safetensors.ts'
import { assertSameTensors, fixtureBytes, tinyWeights, userError } from './support.ts'

const dtypes: readonly DType[] = ['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'bool']

/** A file with the given header text and as many bytes of data. */
function fileOf(header: string, dataBytes: number): Uint8Array {
  const text = Buffer.from(header)
  const file = new Uint8Array(8 + text.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  return file
}

const anyTensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  })
  .map(({ dtype, shape }) => {
    const data = allocate(
      dtype,
      shape.reduce((product, size) => product * size, 1),
    )
    new Uint8Array(data.buffer).forEach((_, i, bytes) => {
      bytes[i] = dtype === 'bool' ? i % 2 : (i * 37) % 120
    })
    return { dtype, shape, data }
  })

test('decodeSafetensors() gives back what encodeSafetensors() was given, for every dtype and odd names', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), anyTensor),
      fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string(), { noNullPrototype: true }),
      (tensors, metadata) => {
        delete tensors['__metadata__']
        const original = new Map(Object.entries(tensors))
        const decoded = decodeSafetensors(encodeSafetensors(original, metadata), 'x')
        assertSameTensors(decoded.tensors, original)
        assert.deepEqual({ ...decoded.metadata }, { ...metadata })
      },
    ),
    { numRuns: 100, seed: 1 },
  )
})

test('encodeSafetensors() writes the bytes of the reference implementation', () => {
  assert.deepEqual(encodeSafetensors(tinyWeights(), { format: 'np' }), fixtureBytes('tiny.safetensors'))
})

test('encodeSafetensors() gives the same bytes in whatever order tensors and metadata come', () => {
  const backwards = new Map([...tinyWeights()].reverse())
  const one = encodeSafetensors(tinyWeights(), { a: '1', b: '2' })
  assert.deepEqual(encodeSafetensors(backwards, { b: '2', a: '1' }), one)
})

test('encodeSafetensors() aligns the data to 8 bytes', () => {
  const bytes = encodeSafetensors(
    new Map([['ä', { dtype: 'float64', shape: [1], data: Float64Array.of(1.5) }]]),
  )
  assert.equal((8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))) % 8, 0)
})

test('decodeSafetensors() reads BF16 as float32, and unaligned data', () => {
  const header =
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[1,5]}}'
  const file = fileOf(header, 5)
  file.set([7, 0x80, 0x3f, 0x00, 0xc0], file.length - 5)
  const { tensors } = decodeSafetensors(file, 'x')
  assert.deepEqual(tensors.get('a')?.data, Uint8Array.of(7))
  assert.deepEqual(tensors.get('b'), { dtype: 'float32', shape: [2], data: Float32Array.of(1, -2) })
})

const f32 = (begin: number, end: number, shape = '[1]', dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`

const broken: Readonly<Record<string, readonly [file: Uint8Array, message: RegExp]>> = {
  'a file of 7 bytes': [new Uint8Array(7), /7 bytes, too few/],
  'a header longer than the file': [fileOf('{}', 0).subarray(0, 9), /claims 2 bytes, the file has 1 more/],
  'a header beyond 100 MB': [
    Uint8Array.of(1, 225, 245, 5, 0, 0, 0, 0, 123),
    /claims 100000001 bytes, at most 100000000/,
  ],
  'a header of 2^63 bytes': [
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123),
    /claims 9223372036854775808 bytes/,
  ],
  'a header that is no object': [fileOf('[]', 0), /does not begin with "\{"/],
  'a header that is no JSON': [fileOf('{"a":', 0), /no JSON/],
  'a header that is no UTF-8': [Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 123, 255, 125), /no UTF-8/],
  'an entry without offsets': [fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4), /"a" is malformed/],
  'an entry with more than it should have': [
    fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4),
    /"a" is malformed/,
  ],
  'a negative offset': [fileOf(`{"a":${f32(-4, 0)}}`, 4), /"a" is malformed/],
  'a fractional size': [fileOf(`{"a":${f32(0, 4, '[0.5]')}}`, 4), /"a" is malformed/],
  'a size beyond 2^53': [fileOf(`{"a":${f32(0, 4, '[9007199254740993]')}}`, 4), /malformed|wrong/],
  'sizes whose product overflows': [
    fileOf(`{"a":${f32(0, 0, '[4294967296,4294967296]')}}`, 0),
    /size of "a" is wrong/,
  ],
  'a type that is not read': [fileOf(`{"a":${f32(0, 1, '[1]', 'F8_E4M3')}}`, 1), /type F8_E4M3/],
  'an end before the beginning': [fileOf(`{"a":${f32(4, 0)}}`, 4), /size of "a" is wrong/],
  'a size that the shape does not fill': [
    fileOf(`{"a":${f32(0, 8)}}`, 8),
    /F32 \[1\] does not fill bytes 0 to 8/,
  ],
  'data beyond the file': [fileOf(`{"a":${f32(0, 4)}}`, 3), /take 4 bytes, the file has 3/],
  'data that belongs to nobody at the end': [fileOf(`{"a":${f32(0, 4)}}`, 5), /take 4 bytes, the file has 5/],
  'a hole': [fileOf(`{"a":${f32(0, 4)},"b":${f32(8, 12)}}`, 12), /4 bytes before "b" belong to no tensor/],
  'an overlap': [fileOf(`{"a":${f32(0, 4)},"b":${f32(2, 6)}}`, 6), /"b" overlaps/],
  'two names for the same bytes': [fileOf(`{"a":${f32(0, 4)},"b":${f32(0, 4)}}`, 4), /overlaps/],
  'a name given twice': [fileOf(`{"a":${f32(0, 4)},"a":${f32(0, 4)}}`, 4), /names a tensor twice/],
  'metadata that is no text': [fileOf('{"__metadata__":{"a":1}}', 0), /no map from text to text/],
}

for (const [what, [file, message]] of Object.entries(broken)) {
  test(`decodeSafetensors() refuses ${what}, and names the file`, () => {
    assert.throws(() => decodeSafetensors(file, 'broken.safetensors'), userError('weights', message))
    assert.throws(() => decodeSafetensors(file, 'broken.safetensors'), /"broken\.safetensors"/)
  })
}

test('decodeSafetensors() lets a name look like an entry, a scalar be a scalar and an empty tensor be empty', () => {
  const tensors = new Map<string, Tensor>([
    ['"data_offsets":', { dtype: 'float32', shape: [], data: Float32Array.of(3) }],
    ['none', { dtype: 'float32', shape: [0, 5], data: new Float32Array(0) }],
    ['7', { dtype: 'float32', shape: [1], data: Float32Array.of(4) }],
    ['10', { dtype: 'float32', shape: [1], data: Float32Array.of(5) }],
  ])
  assertSameTensors(decodeSafetensors(encodeSafetensors(tensors), 'x').tensors, tensors)
})

test('encodeSafetensors() refuses a tensor with the name of the metadata', () => {
  assert.throws(
    () => encodeSafetensors(new Map([['__metadata__', tinyWeights().get('bn_Conv1/beta')!]])),
    RangeError,
  )
})
