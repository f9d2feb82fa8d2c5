/** The header of a safetensors file: JSON that names each tensor and where its bytes lie, checked for what damage does. */
import { z } from 'zod'
import { boundedCount } from './limits.ts'
import { damagedHint, weightsError } from './trouble.ts'

/** Of the number in front of the header: its length. */
export const lengthBytes = 8
/** The reference implementation's bound on the header, in bytes. */
const maxHeaderBytes = 100_000_000

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

/** Where a tensor's bytes lie: from the first offset to before the second. */
export interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
})
const headerSchema = z.record(z.string(), z.unknown())
const metadataSchema = z.record(z.string(), z.string())

export interface Header {
  /** In the order of their bytes, without a gap or an overlap. */
  readonly entries: readonly Entry[]
  readonly metadata: Readonly<Record<string, string>>
  /** What the offsets of entries count in; it shares the file's bytes. */
  readonly data: Uint8Array
}

/** @throws UserError `weights` when the header is no valid one, sizes disagree, or bytes overlap or belong to no tensor */
export function readHeader(bytes: Uint8Array, path: string): Header {
  const text = headerText(bytes, path)
  const { __metadata__: metadata = {}, ...rest } = parseHeader(text, path)
  const data = bytes.subarray(lengthBytes + Buffer.byteLength(text))
  const entries = Object.entries(rest).map(([name, entry]) => parseEntry(name, entry, path))
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])
  checkCoverage(entries, data.length, path)
  checkNoRepeats(text, entries.length, path)
  const problem = '"__metadata__" is no map from text to text'
  return { entries, metadata: parse(metadataSchema, metadata, problem, path), data }
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

function parse<T>(schema: z.ZodType<T>, value: unknown, problem: string, path: string): T {
  const result = schema.safeParse(value)
  if (!result.success) throw weightsError(path, problem, damagedHint, result.error)
  return result.data
}
