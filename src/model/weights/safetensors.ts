/**
 * Safetensors files: a length, a JSON header, then the tensors' bytes, little-endian and row-major.
 *
 * Format and its rules: https://huggingface.co/docs/safetensors/index#format
 */
import { bytesOf, tensorFromBytes } from '../../graph/tensor.ts'
import type { DType, Tensor } from '../../graph/types.ts'
import { float32FromBfloat16 } from './half.ts'
import { type Entry, lengthBytes, readHeader } from './safetensors-header.ts'

const nameOf = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  int8: 'I8',
  bool: 'BOOL',
} as const satisfies Record<DType, string>

const dtypeOf = new Map<string, DType>(Object.entries(nameOf).map(([dtype, name]) => [name, dtype as DType]))

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The tensors of a safetensors file, in the order of their bytes; BF16 becomes float32.
 *
 * The arrays may share the given bytes.
 *
 * @param path named in errors
 * @throws UserError `weights` when the header is no valid one, sizes disagree, or bytes overlap or belong to no tensor
 */
export function decodeSafetensors(bytes: Uint8Array, path: string): Safetensors {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { entries, metadata, data } = readHeader(plain, path)
  return { tensors: new Map(entries.map(entry => [entry.name, tensorOfEntry(entry, data)])), metadata }
}

/**
 * The bytes of a safetensors file. The same tensors and metadata give the same bytes, in whatever order they come:
 * wide dtypes first, then by name, as the reference implementation writes them.
 *
 * @throws RangeError when a tensor is called "__metadata__"
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (tensors.has('__metadata__')) throw new RangeError('A tensor cannot be called "__metadata__"')
  const ordered = [...tensors].sort(byWidthThenName)
  const header = Buffer.from(headerOf(ordered, metadata))
  const size = ordered.reduce((sum, [, { data }]) => sum + data.byteLength, 0)
  const file = new Uint8Array(lengthBytes + header.length + size)
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true)
  file.set(header, lengthBytes)
  let offset = lengthBytes + header.length
  for (const [, tensor] of ordered) {
    file.set(bytesOf(tensor), offset)
    offset += tensor.data.byteLength
  }
  return file
}

type Named = readonly [name: string, tensor: Tensor]

function byWidthThenName([nameA, a]: Named, [nameB, b]: Named): number {
  const width = b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT
  return width || (nameA < nameB ? -1 : 1)
}

/** The header, padded with spaces so that the data after it is aligned to 8 bytes. */
function headerOf(ordered: readonly Named[], metadata: Readonly<Record<string, string>>): string {
  const header: [string, unknown][] = []
  const facts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  if (facts.length > 0) header.push(['__metadata__', Object.fromEntries(facts)])
  let offset = 0
  for (const [name, { dtype, shape, data }] of ordered) {
    const end = offset + data.byteLength
    header.push([name, { dtype: nameOf[dtype], shape, data_offsets: [offset, end] }])
    offset = end
  }
  // Not Object.fromEntries: it would move names that look like integers to the front.
  const text = `{${header.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
  return text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8)
}

function tensorOfEntry({ dtype, shape, data_offsets }: Entry, data: Uint8Array): Tensor {
  const bytes = data.subarray(...data_offsets)
  if (dtype !== 'BF16') return tensorFromBytes(dtypeOf.get(dtype)!, shape, bytes)
  const bits = tensorFromBytes('float16', shape, bytes).data as Uint16Array
  return { dtype: 'float32', shape, data: float32FromBfloat16(bits) }
}
