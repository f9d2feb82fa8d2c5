/**
 * HDF5 files as a flat list of datasets, read by jsfive.
 *
 * It reads contiguous and chunked datasets (deflate, shuffle, fletcher32), old and new headers and groups. It does not
 * read other compressions (lzf, szip), compact datasets, or the chunk indexes that HDF5 1.10 added for `libver="latest"`.
 */
import { inflateSync } from 'node:zlib'
import { Dataset, File, Filters, Group } from 'jsfive'
import type { Tensor } from '../../graph/types.ts'
import { messageOf } from '../../util/errors.ts'
import { boundedCount, maxElements, maxFileBytes } from './limits.ts'
import { damagedHint, weightsError } from './trouble.ts'

/** An array in the file, not read yet. */
export interface H5Dataset {
  /** From the root, with `/`. */
  readonly path: string
  readonly shape: readonly number[]
  /** @throws UserError `weights` when it is no float, is compressed in a way that is not read, or is damaged */
  read(): Tensor
}

export interface H5File {
  /** By their paths, in the order of the paths. */
  readonly datasets: ReadonlyMap<string, H5Dataset>
  /** A group's attribute as a list of texts; empty when there is no such group or attribute, or it holds no text. */
  texts(group: string, attribute: string): readonly string[]
}

/** Bounds on a damaged file whose groups contain each other. */
const maxDepth = 32
const maxObjects = 20_000

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const

// jsfive inflates without a bound; a chunk may not swell beyond what a whole file may hold.
Filters.set(1, chunk => {
  const { buffer, byteOffset, length } = inflateSync(new Uint8Array(chunk), { maxOutputLength: maxFileBytes })
  return buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer
})

/** Whether the bytes begin as an HDF5 file does. */
export function isH5(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}

/**
 * Lists what an HDF5 file holds.
 *
 * @param path named in errors
 * @throws UserError `weights` when the file is damaged
 */
export function readH5(bytes: Uint8Array, path: string): H5File {
  const datasets: H5Dataset[] = []
  const groups = new Map<string, Group>()
  let objects = 0
  const visit = (group: Group, at: string, depth: number): void => {
    groups.set(at, group)
    for (const key of group.keys) {
      if (++objects > maxObjects || depth > maxDepth) throw new RangeError('its groups contain each other')
      const inner = group.get(key)
      const innerPath = at === '' ? key : `${at}/${key}`
      if (inner instanceof Dataset) datasets.push(datasetOf(inner, innerPath, path))
      else if (inner instanceof Group) visit(inner, innerPath, depth + 1)
    }
  }
  guarded(path, 'its HDF5 structure cannot be followed', () => visit(new File(exactBuffer(bytes)), '', 0))
  datasets.sort((a, b) => (a.path < b.path ? -1 : 1))
  const attributesOf = (group: string): Readonly<Record<string, unknown>> =>
    guarded(path, `the attributes of "${group}" cannot be read`, () => groups.get(group)?.attrs ?? {})
  return {
    datasets: new Map(datasets.map(dataset => [dataset.path, dataset])),
    texts: (group, attribute) => textsOf(attributesOf(group)[attribute]),
  }
}

/** One text or a list of them; texts of a fixed length are filled up with zeros. */
function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter(text => typeof text === 'string').map(text => text.replace(/\0+$/, ''))
}

function datasetOf(dataset: Dataset, path: string, file: string): H5Dataset {
  return { path, shape: dataset.shape, read: () => readDataset(dataset, path, file) }
}

function readDataset(dataset: Dataset, path: string, file: string): Tensor {
  const { shape, dtype } = guarded(file, `"${path}" cannot be read`, () => ({
    shape: dataset.shape,
    dtype: dataset.dtype,
  }))
  if (typeof dtype !== 'string' || !/^[<>]f[248]$/.test(dtype)) {
    throw weightsError(file, `"${path}" has the type ${String(dtype)}; floats are read`)
  }
  const count = boundedCount(shape)
  if (count === null) {
    throw weightsError(
      file,
      `"${path}" claims the shape [${shape}], at most ${maxElements} elements are read`,
      damagedHint,
    )
  }
  const values = guarded(file, `"${path}" cannot be read`, () => dataset.value)
  if (values?.length !== count || values.includes(undefined)) {
    throw weightsError(file, `"${path}" is only partly stored in the file`, damagedHint)
  }
  return { dtype: 'float32', shape, data: Float32Array.from(values as number[]) }
}

/** jsfive throws strings that explain, and a TypeError without a meaning where one of its assertions fails. */
function guarded<T>(file: string, problem: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const reason = error instanceof TypeError ? 'an unknown structure' : messageOf(error)
    const hint =
      'the file may be damaged; otherwise save the weights again with default settings, or as safetensors'
    throw weightsError(file, `${problem} (${reason})`, hint, error)
  }
}

/** jsfive reads an ArrayBuffer from its first byte. */
function exactBuffer({ buffer, byteOffset, length }: Uint8Array): ArrayBuffer {
  const whole = byteOffset === 0 && length === buffer.byteLength
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + length)) as ArrayBuffer
}
