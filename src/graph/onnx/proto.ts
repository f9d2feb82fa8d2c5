/** The messages of an ONNX file as it holds them (onnx.proto3), read but not yet understood. */
import { PbfReader } from '../../util/protobuf.ts'
import { tensor, tensorFromBytes, tensorOf } from '../tensor.ts'
import type { DType, Shape, Tensor } from '../types.ts'
import { dtypeOfOnnx } from './dtypes.ts'

export type ProtoAttribute = number | string | readonly number[] | Tensor | undefined

export interface ProtoNode {
  readonly op: string
  readonly domain: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, ProtoAttribute>
}

export interface ProtoValue {
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
}

export interface ProtoGraph {
  readonly name: string
  readonly nodes: readonly ProtoNode[]
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly inputs: readonly ProtoValue[]
  readonly outputs: readonly string[]
}

export interface ProtoModel {
  /** The version of the default domain; 0 when the file names none. */
  readonly opset: number
  readonly graph: ProtoGraph
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Calls `visit` with each field's number; what a visitor leaves unread is skipped.
 *
 * @throws RangeError when a field reaches beyond the message: the reader itself does not mind
 */
function message(
  pbf: PbfReader,
  visit: (field: number) => void,
  end: number = pbf.readVarint() + pbf.pos,
): void {
  pbf.readFields<null>(visit, null, end)
  if (pbf.pos !== end || end > pbf.length) throw new RangeError('the file is damaged or cut short')
}

/** @throws RangeError when the bytes are no ONNX model, or keep data outside of the file */
export function readModel(bytes: Uint8Array): ProtoModel {
  const pbf = new PbfReader(bytes)
  let opset = 0
  let graph: ProtoGraph | undefined
  const metadata: Record<string, string> = {}
  const visit = (field: number): void => {
    if (field === 7) graph = readGraph(pbf)
    if (field === 8) opset = Math.max(opset, readOpset(pbf))
    if (field === 14) Object.defineProperty(metadata, ...readEntry(pbf))
  }
  message(pbf, visit, bytes.length)
  if (graph === undefined) throw new RangeError('the file holds no ONNX graph')
  return { opset, graph, metadata }
}

/** The version of the default domain, 0 for another domain. */
function readOpset(pbf: PbfReader): number {
  let domain = ''
  let version = 0
  message(pbf, field => {
    if (field === 1) domain = pbf.readString()
    if (field === 2) version = pbf.readVarint()
  })
  return domain === '' || domain === 'ai.onnx' ? version : 0
}

function readEntry(pbf: PbfReader): [string, PropertyDescriptor] {
  let key = ''
  let value = ''
  message(pbf, field => {
    if (field === 1) key = pbf.readString()
    if (field === 2) value = pbf.readString()
  })
  return [key, { value, enumerable: true, configurable: true, writable: true }]
}

function readGraph(pbf: PbfReader): ProtoGraph {
  let name = ''
  const nodes: ProtoNode[] = []
  const initializers = new Map<string, Tensor>()
  const inputs: ProtoValue[] = []
  const outputs: string[] = []
  message(pbf, field => {
    if (field === 1) nodes.push(readNode(pbf))
    if (field === 2) name = pbf.readString()
    if (field === 5) initializers.set(...readTensor(pbf))
    if (field === 11) inputs.push(readValue(pbf))
    if (field === 12) outputs.push(readName(pbf))
  })
  return { name, nodes, initializers, inputs, outputs }
}

function readNode(pbf: PbfReader): ProtoNode {
  const node = { op: '', domain: '', name: '' }
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, ProtoAttribute>()
  message(pbf, field => {
    if (field === 1) inputs.push(pbf.readString())
    if (field === 2) outputs.push(pbf.readString())
    if (field === 3) node.name = pbf.readString()
    if (field === 4) node.op = pbf.readString()
    if (field === 5) attributes.set(...readAttribute(pbf))
    if (field === 7) node.domain = pbf.readString()
  })
  return { ...node, inputs, outputs, attributes }
}

function readAttribute(pbf: PbfReader): [string, ProtoAttribute] {
  let name = ''
  let value: ProtoAttribute
  const items: number[] = []
  let type = 0
  message(pbf, field => {
    if (field === 1) name = pbf.readString()
    if (field === 2) value = pbf.readFloat()
    if (field === 3) value = pbf.readVarint(true)
    if (field === 4) value = pbf.readString()
    if (field === 5) value = readTensor(pbf)[1]
    if (field === 7) pbf.readPackedFloat(items)
    if (field === 8) pbf.readPackedVarint(items, true)
    if (field === 20) type = pbf.readVarint()
  })
  const isList = type === 6 || type === 7 || items.length > 0
  return [name, isList ? items : (value ?? (type === 1 || type === 2 ? 0 : type === 3 ? '' : undefined))]
}

/** Numbers may lie in `raw_data` or, packed or one by one, in a list for their type. */
function readTensor(pbf: PbfReader): [string, Tensor] {
  let name = ''
  let type = 0
  let raw: Uint8Array | undefined
  const shape: number[] = []
  const items: number[] = []
  message(pbf, field => {
    if (field === 1) pbf.readPackedVarint(shape, true)
    if (field === 2) type = pbf.readVarint()
    if (field === 4) pbf.readPackedFloat(items)
    if (field === 5 || field === 7) pbf.readPackedVarint(items, true)
    if (field === 8) name = pbf.readString()
    if (field === 9) raw = pbf.readBytes()
    if (field === 10) pbf.readPackedDouble(items)
    if (field === 13 || (field === 14 && pbf.readVarint() === 1)) {
      throw new RangeError(`the tensor "${name}" keeps its data in another file: save the model as one file`)
    }
  })
  if (shape.some(dim => dim < 0)) throw new RangeError(`the tensor "${name}" has the shape [${shape}]`)
  const dtype = dtypeOfOnnx(type)
  if (raw !== undefined) return [name, tensorFromBytes(dtype, shape, raw)]
  if (dtype === 'float16') return [name, tensor(dtype, shape, Uint16Array.from(items))]
  return [name, tensorOf(dtype, shape, items)]
}

/** The name of a value; of a graph's outputs all else follows from its nodes. */
function readName(pbf: PbfReader): string {
  let name = ''
  message(pbf, field => {
    if (field === 1) name = pbf.readString()
  })
  return name
}

function readValue(pbf: PbfReader): ProtoValue {
  let name = ''
  let dtype: DType | undefined
  const shape: (number | string)[] = []
  const readDim = (): void => {
    let dim: number | string = `?${shape.length}`
    message(pbf, field => {
      if (field === 1) dim = knownSize(pbf.readVarint(true)) ?? dim
      if (field === 2) dim = pbf.readString() || dim
    })
    shape.push(dim)
  }
  const readShape = (): void => message(pbf, field => void (field === 1 && readDim()))
  const readTensorType = (): void =>
    message(pbf, field => {
      if (field === 1) dtype = dtypeOfOnnx(pbf.readVarint())
      if (field === 2) readShape()
    })
  message(pbf, field => {
    if (field === 1) name = pbf.readString()
    if (field === 2) message(pbf, kind => void (kind === 1 && readTensorType()))
  })
  if (dtype === undefined) throw new RangeError(`the input "${name}" is no tensor`)
  return { name, dtype, shape }
}

/** Some writers say -1 for a size that is not known. */
function knownSize(size: number): number | undefined {
  return size >= 0 ? size : undefined
}
