/**
 * Lowering: from operators as they are meant to operators as the engine runs them fastest.
 *
 * Backward operators of the domain `graft` become ONNX operators, and values with small planes are laid out
 * channel first. The result computes the same numbers, up to rounding.
 */
import type { OpName } from '../ops.ts'
import { prune } from '../transforms.ts'
import type { Graph, Node } from '../types.ts'
import { type LoweringContext, type LoweringRule, loweringContext } from './context.ts'
import * as convolution from './convolution.ts'
import { batchNormalization, batchNormalizationGradient } from './normalization.ts'
import * as plain from './plain.ts'
import * as plainConvolution from './plain-convolution.ts'
import * as plainPooling from './plain-pooling.ts'
import * as pointwise from './pointwise.ts'

type Rules = { readonly [K in OpName]?: LoweringRule<K> }

const elementwiseOps = [
  'Abs',
  'Add',
  'And',
  'Cast',
  'Clip',
  'ClipGradient',
  'Div',
  'Equal',
  'Exp',
  'Greater',
  'HardSigmoid',
  'Identity',
  'Less',
  'Log',
  'Max',
  'Min',
  'Mul',
  'Neg',
  'Reciprocal',
  'Relu',
  'Sigmoid',
  'Sign',
  'Softplus',
  'Sqrt',
  'Sub',
  'Tanh',
  'Where',
] as const satisfies readonly OpName[]

/** The rules of the channel-first layout; what they leave goes to the plain ones. */
const channelFirst: Rules = {
  ...(Object.fromEntries(elementwiseOps.map(op => [op, pointwise.elementwise])) as Rules),
  Conv: convolution.conv,
  ConvInputGradient: convolution.convInputGradient,
  ConvKernelGradient: convolution.convKernelGradient,
  Expand: pointwise.expand,
  GlobalAveragePool: pointwise.globalPool,
  GlobalMaxPool: pointwise.globalPool,
  ReduceMax: pointwise.reduce,
  ReduceMean: pointwise.reduce,
  ReduceSum: pointwise.reduce,
}

const plainRules: Rules = {
  AveragePoolGradient: plainPooling.averagePoolGradient,
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  ClipGradient: plain.clipGradient,
  ConvInputGradient: plainConvolution.convInputGradient,
  ConvKernelGradient: plainConvolution.convKernelGradient,
  MaxPoolGradient: plainPooling.maxPoolGradient,
}

export interface LoweringOptions {
  /** `channel-first` (default) for training on a CPU; `plain` keeps the layout of ONNX throughout. */
  readonly layout?: 'channel-first' | 'plain'
}

/**
 * The graph in ONNX operators only, with the same inputs and outputs.
 *
 * @throws RangeError when a form of an operator cannot be lowered
 */
export function lower(graph: Graph, { layout = 'channel-first' }: LoweringOptions = {}): Graph {
  const context = loweringContext(graph)
  for (const { name, dtype, shape } of graph.inputs)
    context.set(name, 'plain', context.g.input(name, dtype, shape))
  for (const [name, value] of graph.initializers)
    context.set(name, 'plain', context.g.initializer(name, value))
  for (const node of graph.nodes)
    lowerNode(node, context, layout === 'channel-first' ? [channelFirst, plainRules] : [plainRules])
  return prune(context.g.build(graph.outputs.map(({ name }) => named(context, name))))
}

function lowerNode(node: Node, context: LoweringContext, tables: readonly Rules[]): void {
  for (const rules of tables) {
    const rule = rules[node.op] as LoweringRule<OpName> | undefined
    if (rule?.(node, context)) return
  }
  plain.same(node, context)
}

/** An output under its own name, whatever the value behind it was called. */
function named({ g, get }: LoweringContext, name: string): string {
  const value = get(name)
  if (value !== name) g.append({ op: 'Identity', name, inputs: [value], outputs: [name], attributes: {} })
  return name
}
