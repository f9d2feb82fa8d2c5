/** Operators that keep the layout of ONNX, [N, C, H, W]. */
import type { OpName } from '../ops.ts'
import type { Node } from '../types.ts'
import type { LoweringRule } from './context.ts'
import { clipGradient as clipFactor } from './pointwise.ts'

/** ONNX operators stay as they are. */
export const same: LoweringRule<OpName> = (node, { g, get, set }) => {
  const inputs = node.inputs.map(input => (input === '' ? '' : get(input)))
  g.append({ ...node, inputs } as Node)
  for (const output of node.outputs) set(output, 'plain', output)
  return true
}

export const clipGradient: LoweringRule<'ClipGradient'> = ({ inputs, outputs, attributes }, context) => {
  const { get, set } = context
  set(
    outputs[0]!,
    'plain',
    clipFactor(
      context,
      inputs.map(input => get(input)),
      attributes,
    ),
  )
  return true
}
