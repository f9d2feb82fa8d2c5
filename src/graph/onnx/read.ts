/** A graph from the bytes of an ONNX file, brought to opset 18 and to the operators that Graft knows. */
import { messageOf, UserError } from '../../util/errors.ts'
import { type GraphBuilder, graphBuilder } from '../builder.ts'
import { isGraftOp, isOpName, type OpName } from '../ops.ts'
import { tensorOf } from '../tensor.ts'
import type { Graph, Node, Tensor } from '../types.ts'
import { attributesOf } from './attributes.ts'
import { type ProtoModel, type ProtoNode, readModel } from './proto.ts'
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
  return reading(name, () => {
    const model = readModel(bytes)
    return { graph: graphOf(model), metadata: model.metadata }
  })
}

/** The weights of a model, without regard to its operators. Throws as {@link readOnnx} does. */
export function readOnnxInitializers(bytes: Uint8Array, name: string): ReadonlyMap<string, Tensor> {
  return reading(name, () => readModel(bytes).graph.initializers)
}

/** The texts that a model carries (`metadata_props`). Throws as {@link readOnnx} does. */
export function readOnnxMetadata(bytes: Uint8Array, name = 'model'): Readonly<Record<string, string>> {
  return reading(name, () => readModel(bytes).metadata)
}

function reading<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    // Plain errors are the protobuf reader's, in its own words.
    const isBytes = Object.getPrototypeOf(error) === Error.prototype
    const reason = isBytes ? 'the file is damaged, or no ONNX model' : messageOf(error)
    throw new UserError('model', `Cannot read "${name}" as an ONNX model: ${reason}`, {
      cause: error,
    })
  }
}

function graphOf({ opset, graph }: ProtoModel): Graph {
  if (opset < oldestOpset)
    throw new RangeError(`it is written in opset ${opset}, the oldest one read is ${oldestOpset}`)
  const builder = graphBuilder(graph.name || 'graph')
  for (const { name, dtype, shape } of graph.inputs)
    if (!graph.initializers.has(name)) builder.input(name, dtype, shape)
  for (const [name, value] of graph.initializers) builder.initializer(name, value)
  for (const node of graph.nodes) {
    if (node.op === 'Constant') builder.initializer(outputOf(node), constantOf(node))
    else builder.append(nodeOf(upgradeNode(node, { builder, opset }), builder))
  }
  return builder.build(graph.outputs)
}

function nodeOf(found: ProtoNode, builder: GraphBuilder): Node {
  const { op, domain, inputs, outputs } = found
  if ((domain !== '' && domain !== 'ai.onnx') || !isOpName(op) || isGraftOp(op)) {
    const word = domain === '' ? op : `${domain}.${op}`
    throw new RangeError(`the operator "${word}" of node "${found.name}" is unknown`)
  }
  const name = found.name || outputOf(found)
  for (const input of inputs) {
    if (input !== '' && !builder.has(input))
      throw new RangeError(`the input "${input}" of node "${name}" comes from nowhere before it`)
  }
  const attributes = attributesOf<OpName>(op, name, found.attributes)
  return { op, name, inputs, outputs, attributes } as Node
}

function outputOf({ op, name, outputs: [first] }: ProtoNode): string {
  if (!first) throw new RangeError(`the ${op} "${name}" has no output`)
  return first
}

/** A Constant in any of its forms but the sparse and the textual ones. */
function constantOf({ name, attributes }: ProtoNode): Tensor {
  const [kind, value] = [...attributes][0] ?? []
  if (kind === 'value' && typeof value === 'object' && 'data' in value) return value
  if (kind === 'value_float' && typeof value === 'number') return tensorOf('float32', [], [value])
  if (kind === 'value_int' && typeof value === 'number') return tensorOf('int64', [], [value])
  if (kind === 'value_floats' && Array.isArray(value)) return tensorOf('float32', [value.length], value)
  if (kind === 'value_ints' && Array.isArray(value)) return tensorOf('int64', [value.length], value)
  throw new RangeError(`the constant "${name}" holds no numbers`)
}
