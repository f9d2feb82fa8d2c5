/** Nodes of older opsets, and conveniences of files, said in the words of opset 18. */
import type { GraphBuilder } from '../builder.ts'
import type { ProtoAttribute, ProtoNode } from './proto.ts'

type Upgraded = Pick<ProtoNode, 'op' | 'inputs' | 'attributes'>

/** Attributes that became inputs: reductions in opset 18 (ReduceSum 13), Squeeze and Unsqueeze in 13. */
const axesBecameInput = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax', 'Squeeze', 'Unsqueeze'])

/** The node with attributes moved to inputs where opset 18 has them, and with explicit pads. */
export function upgradeNode(node: ProtoNode, builder: GraphBuilder): Upgraded {
  const { op, inputs, attributes } = node
  if (op === 'Dropout') return { op: 'Identity', inputs: inputs.slice(0, 1), attributes: new Map() }
  if (axesBecameInput.has(op) && attributes.has('axes')) {
    return { op, inputs: [inputs[0]!, int64s(builder, attributes.get('axes'))], attributes }
  }
  if (op === 'Clip' && inputs.length === 1) {
    const bound = (name: string, free: number): string =>
      builder.constant('float32', [], [(attributes.get(name) as number | undefined) ?? free])
    return {
      op,
      inputs: [inputs[0]!, bound('min', -3.4028234663852886e38), bound('max', 3.4028234663852886e38)],
      attributes,
    }
  }
  return { op, inputs, attributes: withExplicitWindow(node, builder) }
}

function int64s(builder: GraphBuilder, value: ProtoAttribute): string {
  const values = value as readonly number[]
  return builder.constant('int64', [values.length], values)
}

/** `auto_pad` and a missing `kernel_shape` resolved from the input's and the kernel's sizes. */
function withExplicitWindow(
  { op, inputs, attributes }: ProtoNode,
  builder: GraphBuilder,
): ProtoNode['attributes'] {
  const mode = attributes.get('auto_pad')
  if (typeof mode !== 'string' || mode === 'NOTSET') return attributes
  if (mode === 'VALID') return new Map([...attributes, ['pads', [0, 0, 0, 0]]])
  const kernel =
    op === 'Conv' ? builder.info(inputs[1]!).shape.slice(2) : (attributes.get('kernel_shape') as number[])
  const strides = (attributes.get('strides') as number[] | undefined) ?? [1, 1]
  const dilations = (attributes.get('dilations') as number[] | undefined) ?? [1, 1]
  const total = [0, 1].map(axis => {
    const size = builder.info(inputs[0]!).shape[axis + 2]
    if (typeof size !== 'number') throw new RangeError(`${mode} padding needs a known height and width`)
    const reach = ((kernel[axis] as number) - 1) * dilations[axis]! + 1
    return Math.max(0, (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + reach - size)
  })
  const small = total.map(pad => Math.floor(pad / 2))
  const large = total.map((pad, axis) => pad - small[axis]!)
  return new Map([
    ...attributes,
    ['pads', mode === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small]],
  ])
}
