/** Nodes of older opsets, and conveniences of files, said in the words of opset 18. */
import type { GraphBuilder } from '../builder.ts'
import { positiveAxis } from '../dims.ts'
import type { Shape } from '../types.ts'
import type { ProtoAttribute, ProtoNode } from './proto.ts'

interface Context {
  /** What gives the values that nodes before this one have made. */
  readonly builder: GraphBuilder
  /** The opset that the file is written in. */
  readonly opset: number
}
type Upgrade = (node: ProtoNode, context: Context) => ProtoNode

/** Attributes that became inputs of int64: reductions in opset 18 (ReduceSum 13), Squeeze and Unsqueeze in 13. */
const axesToInput: Upgrade = (node, { builder }) =>
  node.attributes.has('axes') ? { ...node, ...moved(node, builder, ['axes']) } : node

/** Opset 10. */
const rangesToInputs: Upgrade = (node, { builder }) =>
  node.attributes.has('starts') ? { ...node, ...moved(node, builder, ['starts', 'ends', 'axes']) } : node

/** Opset 11. */
const padsToInputs: Upgrade = (node, { builder }) => {
  if (!node.attributes.has('pads')) return node
  const { inputs, attributes } = moved(node, builder, ['pads'])
  const value = scalar(builder, node, attributes.get('value') ?? 0)
  return { ...node, inputs: [...inputs, value], attributes: without(attributes, ['value']) }
}

/** Opset 11. */
const boundsToInputs: Upgrade = (node, { builder }) => {
  const { attributes } = node
  const bounds = ['min', 'max'].map(name =>
    attributes.has(name) ? scalar(builder, node, attributes.get(name)) : '',
  )
  if (bounds.every(bound => bound === '')) return node
  return { ...node, inputs: [node.inputs[0]!, ...bounds], attributes: without(attributes, ['min', 'max']) }
}

/** Nothing is dropped when a model is used; the mask, its second output, goes. */
const dropoutToIdentity: Upgrade = node => ({
  ...node,
  op: 'Identity',
  inputs: node.inputs.slice(0, 1),
  outputs: node.outputs.slice(0, 1),
  attributes: new Map(),
})

/** Before opset 13 the axes from `axis` (default 1) on were taken together. */
const oneAxis: Upgrade = (node, { builder, opset }) => {
  if (opset >= 13) return node
  const { shape } = builder.info(node.inputs[0]!)
  const axis = positiveAxis(Number(node.attributes.get('axis') ?? 1), shape.length)
  if (shape.slice(axis + 1).some(dim => dim !== 1))
    throw new RangeError(
      `the ${node.op} "${node.name}" of opset ${opset} runs over several axes of [${shape}]`,
    )
  return { ...node, attributes: new Map([['axis', axis]]) }
}

/** `auto_pad` as pads, and without the `kernel_shape` that a convolution's weights tell. */
const explicitWindow: Upgrade = (node, { builder }) => {
  const { op, inputs, attributes } = node
  const mode = attributes.get('auto_pad') ?? 'NOTSET'
  const kernel =
    op === 'Conv' ? builder.info(inputs[1] ?? '').shape.slice(2) : intsOf(attributes, 'kernel_shape')
  const rest = without(attributes, op === 'Conv' ? ['auto_pad', 'kernel_shape'] : ['auto_pad'])
  if (mode === 'NOTSET') return { ...node, attributes: rest }
  const { shape } = builder.info(inputs[0] ?? '')
  return { ...node, attributes: new Map([...rest, ['pads', padsOf(mode, shape, kernel as number[], rest)]]) }
}

function padsOf(
  mode: ProtoAttribute,
  shape: Shape,
  kernel: readonly number[],
  attributes: ProtoNode['attributes'],
): number[] {
  if (mode === 'VALID') return [0, 0, 0, 0]
  const [strides, dilations] = [intsOf(attributes, 'strides'), intsOf(attributes, 'dilations')]
  const total = [0, 1].map(axis => {
    const [size, stride, dilation] = [shape[axis + 2], strides[axis] ?? 1, dilations[axis] ?? 1]
    if (typeof size !== 'number') throw new RangeError(`${mode} padding needs a known height and width`)
    const reach = (kernel[axis]! - 1) * dilation + 1
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size)
  })
  const small = total.map(pad => Math.floor(pad / 2))
  const large = total.map(pad => Math.ceil(pad / 2))
  if (mode === 'SAME_UPPER') return [...small, ...large]
  if (mode === 'SAME_LOWER') return [...large, ...small]
  throw new RangeError(`the padding "${mode}" is unknown`)
}

const upgrades: Readonly<Record<string, Upgrade>> = {
  AveragePool: explicitWindow,
  Clip: boundsToInputs,
  Conv: explicitWindow,
  Dropout: dropoutToIdentity,
  LogSoftmax: oneAxis,
  MaxPool: explicitWindow,
  Pad: padsToInputs,
  ReduceMax: axesToInput,
  ReduceMean: axesToInput,
  ReduceSum: axesToInput,
  Slice: rangesToInputs,
  Softmax: oneAxis,
  Squeeze: axesToInput,
  Unsqueeze: axesToInput,
}

/**
 * The node as opset 18 has it; constants that it needs are added to the builder.
 *
 * @throws RangeError when opset 18 has no word for it
 */
export function upgradeNode(node: ProtoNode, context: Context): ProtoNode {
  return Object.hasOwn(upgrades, node.op) ? upgrades[node.op]!(node, context) : node
}

/** The inputs and attributes after some lists have become inputs behind the first; what is not given is left out. */
function moved(
  { inputs, attributes }: ProtoNode,
  builder: GraphBuilder,
  names: readonly string[],
): Pick<ProtoNode, 'inputs' | 'attributes'> {
  const lists = names.filter(name => attributes.has(name)).map(name => intsOf(attributes, name))
  const constants = lists.map(list => builder.constant('int64', [list.length], list))
  return { inputs: [inputs[0] ?? '', ...constants], attributes: without(attributes, names) }
}

function without(attributes: ProtoNode['attributes'], names: readonly string[]): ProtoNode['attributes'] {
  return new Map([...attributes].filter(([name]) => !names.includes(name)))
}

function intsOf(attributes: ProtoNode['attributes'], name: string): readonly number[] {
  const value = attributes.get(name) ?? []
  if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
    throw new RangeError(`the attribute "${name}" is no list of whole numbers`)
  return value
}

/** A constant of the dtype that the node's input has. */
function scalar(builder: GraphBuilder, { inputs, name }: ProtoNode, value: ProtoAttribute): string {
  if (typeof value !== 'number') throw new RangeError(`an attribute of "${name}" is no number`)
  return builder.constant(builder.info(inputs[0] ?? '').dtype, [], [value])
}
