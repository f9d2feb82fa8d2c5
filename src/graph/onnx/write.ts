/** A graph as the bytes of an ONNX file (onnx.proto3, IR version 8, opset 18). */
import { PbfWriter } from '../../util/protobuf.ts'
import {
  type AttributeKind,
  type AttributeSpec,
  type AttributeValue,
  isGraftOp,
  opSchemas,
  opset,
} from '../ops.ts'
import { bytesOf } from '../tensor.ts'
import type { Graph, Node, Tensor, ValueInfo } from '../types.ts'
import { onnxNumber } from './dtypes.ts'

/** `AttributeProto.AttributeType`. */
const attributeTypes: Readonly<Record<AttributeKind, number>> = { float: 1, int: 2, string: 3, ints: 7 }

/** Words beside the graph: who made it, and any texts by key (`metadata_props`). */
export interface ModelInfo {
  readonly producer?: string
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The bytes of a model file; the same graph gives the same bytes. Initializers that no node uses are left out.
 *
 * @throws TypeError when the graph still holds operators of the domain `graft`
 */
export function writeOnnx(graph: Graph, { producer = 'graft', metadata = {} }: ModelInfo = {}): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, 8)
  pbf.writeStringField(2, producer)
  pbf.writeMessage(7, writeGraph, graph)
  pbf.writeMessage(8, (version, out) => out.writeVarintField(2, version), opset)
  for (const entry of Object.entries(metadata)) pbf.writeMessage(14, writeEntry, entry)
  return pbf.finish()
}

function writeGraph(graph: Graph, pbf: PbfWriter): void {
  const used = new Set([
    ...graph.nodes.flatMap(node => node.inputs),
    ...graph.outputs.map(output => output.name),
  ])
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, graph.name)
  for (const entry of graph.initializers) if (used.has(entry[0])) pbf.writeMessage(5, writeTensor, entry)
  for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value)
  for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value)
}

function writeNode(node: Node, pbf: PbfWriter): void {
  if (isGraftOp(node.op)) throw new TypeError(`Expected a lowered graph. Received: ${node.op} "${node.name}"`)
  for (const input of node.inputs) pbf.writeStringField(1, input)
  for (const output of node.outputs) pbf.writeStringField(2, output)
  pbf.writeStringField(3, node.name)
  pbf.writeStringField(4, node.op)
  const specs = opSchemas[node.op] as Readonly<Record<string, AttributeSpec<AttributeKind>>>
  for (const [name, value] of Object.entries(node.attributes) as [string, AttributeValue][]) {
    const { kind } = specs[name]!
    // An empty list means "not given" in every operator that has one.
    if (Array.isArray(value) && value.length === 0) continue
    pbf.writeMessage(5, writeAttribute, { name, kind, value })
  }
}

interface NamedAttribute {
  readonly name: string
  readonly kind: AttributeKind
  readonly value: AttributeValue
}

function writeAttribute({ name, kind, value }: NamedAttribute, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if (kind === 'float') pbf.writeFloatField(2, value as number)
  if (kind === 'int') pbf.writeVarintField(3, value as number)
  if (kind === 'string') pbf.writeBytesField(4, new TextEncoder().encode(value as string))
  if (kind === 'ints') for (const item of value as readonly number[]) pbf.writeVarintField(8, item)
  pbf.writeVarintField(20, attributeTypes[kind])
}

function writeTensor([name, value]: [string, Tensor], pbf: PbfWriter): void {
  for (const dim of value.shape) pbf.writeVarintField(1, dim)
  pbf.writeVarintField(2, onnxNumber[value.dtype])
  pbf.writeStringField(8, name)
  pbf.writeBytesField(9, bytesOf(value))
}

function writeValue({ name, dtype, shape }: ValueInfo, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, { dtype, shape }), null)
}

function writeTensorType({ dtype, shape }: Pick<ValueInfo, 'dtype' | 'shape'>, pbf: PbfWriter): void {
  pbf.writeVarintField(1, onnxNumber[dtype])
  pbf.writeMessage(
    2,
    (_, out) => {
      for (const dim of shape) out.writeMessage(1, writeDim, dim)
    },
    null,
  )
}

function writeDim(dim: number | string, pbf: PbfWriter): void {
  if (typeof dim === 'number') pbf.writeVarintField(1, dim)
  else pbf.writeStringField(2, dim)
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key)
  pbf.writeStringField(2, value)
}
