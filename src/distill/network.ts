/** The student's graphs: the step that learns from teachers' answers, and the pass that is measured against them. */
import { graphBuilder } from '../graph/builder.ts'
import { withGradients } from '../graph/gradients/index.ts'
import { statisticsFromInputs } from '../graph/input-statistics.ts'
import { lower } from '../graph/lowering/index.ts'
import { foldBatchNormalization } from '../graph/transforms.ts'
import type { Graph, ValueInfo } from '../graph/types.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import type { Backbone } from '../model/types.ts'
import { type MovingStatistic, movingStatistics } from '../train/network.ts'
import { type Moments, standardised } from './moments.ts'
import type { DistillPlan, TeacherPart } from './types.ts'

/** A teacher's part with what is known of its numbers. */
export interface Target extends TeacherPart {
  readonly moments: Moments
}

export interface StudentNetwork {
  /** From `image`, the targets and the weights to the loss, the answers and the gradients; lowered. */
  readonly step: Graph
  /** The same without gradients, with the stored statistics; lowered. */
  readonly forward: Graph
  /** Trained inputs: the backbone's weights, then the heads'. */
  readonly trained: readonly ValueInfo[]
  readonly buffers: readonly ValueInfo[]
  readonly moving: readonly MovingStatistic[]
}

/** Names of the values around the student. Its heads only serve to learn, and are dropped. */
export const valueNames = {
  image: 'image',
  kernel: 'answers/kernel',
  bias: 'answers/bias',
  answers: 'answers',
  loss: 'loss',
  target: (index: number): string => `target/${index}`,
} as const

/** @param size side of the pictures that the student sees, in pixels */
export function studentNetwork(
  { student: { alpha }, ...plan }: DistillPlan,
  targets: readonly Target[],
  size: number,
): StudentNetwork {
  const learning = mobilenetV2({ alpha, size, batchStatisticsFrom: 0 })
  const training = withAnswers(learning, targets, plan)
  const moving = movingStatistics(training)
  const names = [...learning.layers.flatMap(layer => layer.parameters), valueNames.kernel, valueNames.bias]
  const measured = moving.map(({ batchValue }) => training.values.get(batchValue)!)
  const outputs = [...training.outputs, ...measured]
  return {
    step: lower(withGradients(statisticsFromInputs({ ...training, outputs }), valueNames.loss, names)),
    forward: lower(foldBatchNormalization(withAnswers(mobilenetV2({ alpha, size }), targets, plan))),
    trained: names.map(name => training.values.get(name)!),
    buffers: moving.map(({ buffer }) => training.values.get(buffer)!),
    moving,
  }
}

type Weighing = Pick<DistillPlan, 'temperature' | 'logitWeight'>

/** The backbone, averaged over its planes, with one linear head for each part of each teacher, and their loss. */
function withAnswers({ graph, output }: Backbone, targets: readonly Target[], weighing: Weighing): Graph {
  const g = graphBuilder(graph.name, graph)
  const channels = g.info(output).shape[1] as number
  const width = targets.reduce((sum, { length }) => sum + length, 0)
  const kernel = g.input(valueNames.kernel, 'float32', [channels, width])
  const bias = g.input(valueNames.bias, 'float32', [width])
  const pooled = g.add('Flatten', [g.add('GlobalAveragePool', [output])])
  const answers = g.add('Gemm', [pooled, kernel, bias], {}, valueNames.answers)
  const ints = (...values: number[]): string => g.constant('int64', [values.length], values)
  const scalar = (value: number): string => g.constant('float32', [], [value])
  const mean = (value: string, rank: number): string =>
    g.add('ReduceMean', [value, ints(...Array.from({ length: rank }, (_, axis) => axis))], { keepdims: 0 })

  /** Mean squared difference of standardised features: 1 for a student that knows their means only. */
  const meet = (answer: string, target: string, moments: Moments): string => {
    const difference = g.add('Sub', [answer, standardised(g, target, moments)])
    return mean(g.add('Mul', [difference, difference]), 2)
  }
  /** T^2 KL(softmax(target / T), softmax(answer / T)), section 2 of Hinton, Vinyals and Dean 2015. */
  const agree = (answer: string, target: string): string => {
    const cool = scalar(1 / weighing.temperature)
    const wanted = g.add('LogSoftmax', [g.add('Mul', [target, cool])])
    const given = g.add('LogSoftmax', [g.add('Mul', [answer, cool])])
    const terms = g.add('Mul', [g.add('Exp', [wanted]), g.add('Sub', [wanted, given])])
    const divergence = mean(g.add('ReduceSum', [terms, ints(1)], { keepdims: 0 }), 1)
    return g.add('Mul', [divergence, scalar(weighing.logitWeight * weighing.temperature ** 2)])
  }

  let start = 0
  const losses = targets.map(({ kind, length, moments }, index) => {
    const target = g.input(valueNames.target(index), 'float32', ['N', length])
    const answer = g.add('Slice', [answers, ints(start), ints(start + length), ints(1)])
    start += length
    return kind === 'features' ? meet(answer, target, moments) : agree(answer, target)
  })
  const loss = losses.reduce((sum, part) => g.add('Add', [sum, part]))
  g.add('Identity', [loss], {}, valueNames.loss)
  return g.build([valueNames.loss, valueNames.answers])
}
