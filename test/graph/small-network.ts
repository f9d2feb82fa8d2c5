/** A small image classifier with every kind of layer that MobileNetV2 has, for tests of whole graphs. */
import { type GraphBuilder, graphBuilder } from '../../src/graph/builder.ts'
import { type NdArray, ndarray } from '../../src/graph/reference/index.ts'
import type { Graph, Shape } from '../../src/graph/types.ts'
import { randomOf } from '../../src/util/random.ts'
import { concrete } from './cases/case.ts'

type FloatType = 'float32' | 'float64'

export interface SmallNetwork {
  readonly graph: Graph
  readonly loss: string
  readonly parameters: readonly string[]
}

const classes = 3

/**
 * Images [N, 2, 6, 6] and one-hot labels [N, 3] -> mean softmax cross-entropy: convolution with stride 2, batch
 * normalisation, ReLU6, depthwise convolution, skip connection, average pooling, dense layer.
 *
 * @param statistics of the batch normalisations: inputs of the graph, or measured on the batch
 */
export function smallNetwork(statistics: 'given' | 'batch', dtype: FloatType): SmallNetwork {
  const g = graphBuilder('small')
  const parameters: string[] = []
  const parameter = (name: string, ...shape: number[]): string => {
    parameters.push(name)
    return g.input(name, dtype, shape)
  }
  const normalise = (name: string, x: string): string =>
    batchNormalization(g, name, x, statistics, dtype, parameter)
  const relu6 = (x: string): string =>
    g.add('Clip', [x, g.constant(dtype, [], [0]), g.constant(dtype, [], [6])], {}, `${x}_relu`)

  const image = g.input('image', dtype, ['N', 2, 6, 6])
  const labels = g.input('labels', dtype, ['N', classes])
  const same = { strides: [2, 2], pads: [0, 0, 1, 1] }
  const stem = g.add('Conv', [image, parameter('stem/kernel', 4, 2, 3, 3)], same, 'stem')
  const wide = relu6(normalise('stem_BN', stem))
  const depthwise = { group: 4, pads: [1, 1, 1, 1] }
  const spread = g.add('Conv', [wide, parameter('depthwise/kernel', 4, 1, 3, 3)], depthwise, 'depthwise')
  const project = g.add(
    'Conv',
    [relu6(normalise('depthwise_BN', spread)), parameter('project/kernel', 4, 4, 1, 1)],
    {},
    'project',
  )
  const joined = g.add('Add', [wide, project], {}, 'joined')
  const features = g.add('Flatten', [g.add('GlobalAveragePool', [joined])])
  const dense = [features, parameter('dense/kernel', 4, classes), parameter('dense/bias', classes)]
  const logits = g.add('Gemm', dense, {}, 'logits')
  return { graph: g.build([crossEntropy(g, logits, labels)]), loss: 'loss', parameters }
}

function batchNormalization(
  g: GraphBuilder,
  name: string,
  x: string,
  statistics: 'given' | 'batch',
  dtype: FloatType,
  parameter: (name: string, ...shape: number[]) => string,
): string {
  const measured = ['mean', 'variance'].map(word => g.input(`${name}/${word}`, dtype, [4]))
  const inputs = [x, parameter(`${name}/gamma`, 4), parameter(`${name}/beta`, 4), ...measured]
  if (statistics === 'given') return g.add('BatchNormalization', inputs, { epsilon: 1e-3 }, name)
  const attributes = { epsilon: 1e-3, training_mode: 1, momentum: 0 }
  return g.addMany('BatchNormalization', inputs, 3, attributes, name)[0]!
}

/** The mean over the batch of -sum(labels * log softmax(logits)). */
function crossEntropy(g: GraphBuilder, logits: string, labels: string): string {
  const chosen = g.add('Mul', [labels, g.add('LogSoftmax', [logits])])
  const perExample = g.add('ReduceSum', [chosen, g.constant('int64', [1], [1])], { keepdims: 0 })
  return g.add('Neg', [g.add('ReduceMean', [perExample], { keepdims: 0 })], {}, 'loss')
}

/** Random images and parameters, labels in turn; variances and gammas around 1. */
export function smallNetworkFeeds(graph: Graph): Readonly<Record<string, NdArray>> {
  const numbers = (name: string, shape: Shape): NdArray => {
    const random = randomOf(4, name)
    const isPositive = name.endsWith('variance') || name.endsWith('gamma')
    const result = ndarray(concrete(shape))
    const number = (at: number): number => {
      if (name === 'labels') return at % classes === Math.floor(at / classes) % classes ? 1 : 0
      return Math.fround(isPositive ? 0.5 + random.next() : random.normal())
    }
    return ndarray(
      result.shape,
      result.data.map((_, at) => number(at)),
    )
  }
  return Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, numbers(name, shape)]))
}
