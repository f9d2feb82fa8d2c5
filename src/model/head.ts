/** The head that is grafted on a backbone: pooling, one dense layer, and the loss of its logits. */
import { graphBuilder } from '../graph/builder.ts'
import type { Graph } from '../graph/types.ts'

/** How a feature map becomes one number a channel: Keras' GlobalAveragePooling2D or GlobalMaxPooling2D. */
export type Pooling = 'average' | 'max'

/** `sigmoid`: one logit for the second of two classes. `softmax`: one logit a class. */
export type Activation = 'sigmoid' | 'softmax'

export interface HeadOptions {
  readonly pooling: Pooling
  readonly activation: Activation
  readonly classes: number
}

/** The names of the values around the head. */
export const headNames = {
  pooled: 'pooled',
  kernel: 'predictions/kernel',
  bias: 'predictions/bias',
  logits: 'logits',
  target: 'target',
  weight: 'weight',
  loss: 'loss',
} as const

/** How many logits the head gives. @throws RangeError when a sigmoid is asked for other than two classes */
export function logitCount({ activation, classes }: Pick<HeadOptions, 'activation' | 'classes'>): number {
  if (activation === 'softmax') return classes
  if (classes !== 2) throw new RangeError(`Expected two classes for one sigmoid. Received: ${classes}`)
  return 1
}

/**
 * The graph with pooling and a dense layer behind its features, float32 [N, C, h, w]: `pooled` [N, C] and
 * `logits` [N, K]. The dense layer's `predictions/kernel` [C, K] and `predictions/bias` [K] become inputs.
 */
export function withHead(graph: Graph, features: string, options: HeadOptions): Graph {
  const g = graphBuilder(graph.name, graph)
  const channels = g.info(features).shape[1] as number
  const logits = logitCount(options)
  const kernel = g.input(headNames.kernel, 'float32', [channels, logits])
  const bias = g.input(headNames.bias, 'float32', [logits])
  const pooled = g.add(options.pooling === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [features])
  const flat = g.add('Flatten', [pooled], {}, headNames.pooled)
  g.add('Gemm', [flat, kernel, bias], {}, headNames.logits)
  return g.build([headNames.logits])
}

/**
 * The graph with the loss of its logits: two more inputs, `target` [N, K] in 0..1 and `weight` [N], and the
 * output `loss` [], the sum of each example's cross-entropy times its weight. Weights of 1/N give the mean.
 *
 * Sigmoid: softplus(z) - z t. Softmax: -sum of t log softmax(z). Neither overflows for large logits.
 */
export function withLoss(graph: Graph, activation: Activation): Graph {
  const g = graphBuilder(graph.name, graph)
  const logits = headNames.logits
  const [batch, count] = g.info(logits).shape
  const target = g.input(headNames.target, 'float32', [batch!, count!])
  const weight = g.input(headNames.weight, 'float32', [batch!])
  const terms =
    activation === 'sigmoid'
      ? g.add('Sub', [g.add('Softplus', [logits]), g.add('Mul', [logits, target])])
      : g.add('Neg', [g.add('Mul', [target, g.add('LogSoftmax', [logits])])])
  const perExample = g.add('ReduceSum', [terms, g.constant('int64', [1], [1])], { keepdims: 0 })
  const weighted = g.add('Mul', [perExample, weight])
  g.add('ReduceSum', [weighted], { keepdims: 0 }, headNames.loss)
  return g.build([headNames.loss, headNames.logits])
}
