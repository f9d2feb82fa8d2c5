/**
 * Safetensors files: a length, a JSON header, then the tensors' bytes, little-endian and row-major.
 *
 * Format and its rules: https://huggingface.co/docs/safetensors/index#format
 */
import { z } from 'zod'
import { bytesOf, tensorFromBytes } from '../../graph/tensor.ts'
import type { DType, Tensor } from '../../graph/types.ts'
import { float32FromBfloat16 } from './half.ts'
import { boundedCount } from './limits.ts'
import { damagedHint, weightsError } from './trouble.ts'

/** The reference implementation's bound on the header, in bytes. */
const maxHeaderBytes = 100_000_000
const lengthBytes = 8

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
const widthOf: Readonly<Record<string, number>> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  U8: 1,
  I8: 1,
  BOOL: 1,
}

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})
const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())

type Entry = z.infer<typeof entrySchema> & { readonly name: string }

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
  const text = headerText(plain, path)
  const { __metadata__: metadata = {}, ...rest } = parseHeader(text, path)
  const data = plain.subarray(lengthBytes + Buffer.byteLength(text))
  const entries = Object.entries(rest).map(([name, entry]) => parseEntry(name, entry, path))
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])
  checkCoverage(entries, data.length, path)
  checkNoRepeats(text, entries.length, path)
  return {
    tensors: new Map(entries.map(entry => [entry.name, tensorOfEntry(entry, data)])),
    metadata: parse(metadataSchema, metadata, '"__metadata__" is no map from text to text', path),
  }
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

function headerText(bytes: Uint8Array, path: string): string {
  if (bytes.length < lengthBytes)
    throw weightsError(path, `it has ${bytes.length} bytes, too few for safetensors`, damagedHint)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const available = BigInt(bytes.length - lengthBytes)
  if (length > BigInt(maxHeaderBytes)) {
    throw weightsError(
      path,
      `its header claims ${length} bytes, at most ${maxHeaderBytes} are allowed`,
      damagedHint,
    )
  }
  if (length > available) {
    throw weightsError(path, `its header claims ${length} bytes, the file has ${available} more`, damagedHint)
  }
  try {
    const header = bytes.subarray(lengthBytes, lengthBytes + Number(length))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (error) {
    throw weightsError(path, 'its header is no UTF-8', damagedHint, error)
  }
}

function parseHeader(text: string, path: string): Record<string, unknown> {
  if (!text.startsWith('{')) throw weightsError(path, 'its header does not begin with "{"', damagedHint)
  try {
    return headerSchema.parse(JSON.parse(text))
  } catch (error) {
    throw weightsError(path, 'its header is no JSON object', damagedHint, error)
  }
}

function parseEntry(name: string, entry: unknown, path: string): Entry {
  const { dtype, shape, data_offsets } = parse(
    entrySchema,
    entry,
    `the header's entry for "${name}" is malformed`,
    path,
  )
  const width = widthOf[dtype]
  if (width === undefined) {
    throw weightsError(path, `"${name}" has the type ${dtype}; ${Object.keys(widthOf).join(', ')} are read`)
  }
  const count = boundedCount(shape)
  const [begin, end] = data_offsets
  if (count === null || end - begin !== count * width) {
    const size = `${dtype} [${shape}] does not fill bytes ${begin} to ${end}`
    throw weightsError(path, `the size of "${name}" is wrong: ${size}`, damagedHint)
  }
  return { name, dtype, shape, data_offsets }
}

/** Sorted entries must follow one another without a gap or an overlap, up to the end of the data. */
function checkCoverage(entries: readonly Entry[], available: number, path: string): void {
  let expected = 0
  for (const { name, data_offsets } of entries) {
    const [begin, end] = data_offsets
    if (begin < expected) throw weightsError(path, `"${name}" overlaps the tensor before it`, damagedHint)
    if (begin > expected)
      throw weightsError(path, `${begin - expected} bytes before "${name}" belong to no tensor`, damagedHint)
    expected = end
  }
  if (expected !== available) {
    throw weightsError(path, `its tensors take ${expected} bytes, the file has ${available}`, damagedHint)
  }
}

/** JSON.parse keeps the last of two equal keys. Quotes inside a name are escaped, so each match is one entry. */
function checkNoRepeats(text: string, entries: number, path: string): void {
  const written = text.match(/"data_offsets"\s*:/g)?.length ?? 0
  if (written !== entries) throw weightsError(path, 'its header names a tensor twice', damagedHint)
}

function tensorOfEntry({ dtype, shape, data_offsets }: Entry, data: Uint8Array): Tensor {
  const bytes = data.subarray(...data_offsets)
  if (dtype !== 'BF16') return tensorFromBytes(dtypeOf.get(dtype)!, shape, bytes)
  const bits = tensorFromBytes('float16', shape, bytes).data as Uint16Array
  return { dtype: 'float32', shape, data: float32FromBfloat16(bits) }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, problem: string, path: string): T {
  const result = schema.safeParse(value)
  if (!result.success) throw weightsError(path, problem, damagedHint, result.error)
  return result.data
}
