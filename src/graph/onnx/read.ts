/** A graph from the bytes of an ONNX file, brought to opset 18 and to the operators that Graft knows. */
import { messageOf, UserError } from '../../util/errors.ts'
import { graphBuilder } from '../builder.ts'
import { completeAttributes, isOpName, type OpName } from '../ops.ts'
import type { Graph, Node, Tensor } from '../types.ts'
import { type ProtoGraph, type ProtoNode, readModel } from './proto.ts'
import { upgradeNode } from './upgrade.ts'

export interface OnnxFile {
  readonly graph: Graph
  readonly metadata: Readonly<Record<string, string>>
}

/** The oldest opset whose operators are understood. */
const oldestOpset = 9

/**
 * Reads a model.
 *
 * @param name the file's name, for messages
 * @throws UserError `model` when the bytes are damaged, too old, keep data outside, or use an unknown operator
 */
export function readOnnx(bytes: Uint8Array, name: string): OnnxFile {
  try {
    const { opset, graph, metadata } = readModel(bytes)
    if (opset < oldestOpset)
      throw new RangeError(`it is written in opset ${opset}, the oldest one read is ${oldestOpset}`)
    return { graph: graphOf(graph), metadata }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError('model', `Cannot read "${name}" as an ONNX model: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** The weights of a model, without regard to its operators. */
export function readOnnxInitializers(bytes: Uint8Array, name: string): ReadonlyMap<string, Tensor> {
  try {
    return readModel(bytes).graph.initializers
  } catch (error) {
    throw new UserError('model', `Cannot read "${name}" as an ONNX model: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** The texts that a model carries (`metadata_props`). */
export function readOnnxMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  return readModel(bytes).metadata
}

function graphOf(proto: ProtoGraph): Graph {
  const builder = graphBuilder(proto.name || 'graph')
  for (const { name, dtype, shape } of proto.inputs)
    if (!proto.initializers.has(name)) builder.input(name, dtype, shape)
  for (const [name, value] of proto.initializers) builder.initializer(name, value)
  for (const found of proto.nodes) addNode(found, builder)
  return builder.build(proto.outputs)
}

function addNode(found: ProtoNode, builder: ReturnType<typeof graphBuilder>): void {
  if (found.op === 'Constant') {
    builder.initializer(found.outputs[0]!, constantOf(found))
    return
  }
  const { op, inputs, attributes } = upgradeNode(found, builder)
  if (!isOpName(op) || found.domain !== '') {
    throw new RangeError(
      `the operator "${found.domain ? `${found.domain}.` : ''}${op}" of node "${found.name}" is unknown`,
    )
  }
  const given = Object.fromEntries([...attributes].filter(([key]) => key in completeAttributes(op)))
  builder.append({
    op,
    name: found.name || found.outputs[0]!,
    inputs,
    outputs: found.outputs,
    attributes: completeAttributes<OpName>(op, given),
  } as Node)
}

function constantOf({ name, attributes }: ProtoNode): Tensor {
  const value = attributes.get('value')
  if (value === undefined || typeof value !== 'object' || Array.isArray(value)) {
    throw new RangeError(`the constant "${name}" holds no tensor`)
  }
  return value as Tensor
}
