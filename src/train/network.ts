/** The graphs of a phase: the frozen prefix, the training step and the validation pass, made from one model. */
import { bareOutputs } from '../graph/bare-outputs.ts'
import { type Folding, liftBatchNormalization, liftedNames } from '../graph/folding.ts'
import { gradientName, withGradients } from '../graph/gradients/index.ts'
import { lower } from '../graph/lowering/index.ts'
import { bind, foldBatchNormalization, subgraph } from '../graph/transforms.ts'
import type { Graph, Node, Tensor } from '../graph/types.ts'
import { type Cut, chooseCut } from '../model/cut.ts'
import { type HeadOptions, headNames, withHead, withLoss } from '../model/head.ts'
import { mobilenetV2 } from '../model/mobilenet-v2.ts'
import type { Backbone, Layer } from '../model/types.ts'
import type { Phase, Plan } from './types.ts'

/** Batch norm's running statistics that training moves, and where the step's graph gives the batch's own. */
export interface MovingStatistic {
  readonly buffer: string
  readonly batchValue: string
}

export interface PhaseNetwork {
  readonly cut: Cut
  /**
   * From the cut's value, targets, weights and parameters, the latter folded where `foldings` says so, to the loss,
   * the logits and the gradients of what it takes; lowered, a gradient in whatever shape it comes.
   */
  readonly step: Graph
  /** From the cut's value and the current weights, folded as for the step, to the logits; lowered. */
  readonly forward: Graph
  /** Parameters, as they are and not as they are folded. */
  readonly trained: readonly string[]
  readonly foldings: readonly Folding[]
  readonly moving: readonly MovingStatistic[]
}

/** The backbone that a plan names. @param batchStatisticsFrom see `mobilenetV2` */
export function backboneOf(plan: Plan, batchStatisticsFrom?: number): Backbone {
  const options = { alpha: plan.model.alpha, size: plan.preprocessing.size }
  return mobilenetV2(batchStatisticsFrom === undefined ? options : { ...options, batchStatisticsFrom })
}

/** The plan's head for a number of classes. */
export function headOf(plan: Plan, classes: number): HeadOptions {
  const { pooling, activation } = plan.head
  return { pooling, activation, classes }
}

/** The parameters that a phase trains: the head's, and those of the layers from the first trained one on. */
export function trainedParameters(layers: readonly Layer[], { fromLayer }: Phase): string[] {
  const deep = fromLayer === null ? [] : layers.filter(layer => layer.index >= fromLayer)
  return [...deep.flatMap(layer => layer.parameters), headNames.kernel, headNames.bias]
}

/**
 * Builds a phase's graphs.
 *
 * @param weights every weight of the model as it is now; the frozen ones become constants of the graphs
 */
export function phaseNetwork(
  plan: Plan,
  phase: Phase,
  classes: number,
  weights: ReadonlyMap<string, Tensor>,
): PhaseNetwork {
  const inBatch = phase.batchNorm === 'batch' && phase.fromLayer !== null
  const stored = modelOf(plan, classes, backboneOf(plan))
  const training = inBatch ? modelOf(plan, classes, backboneOf(plan, phase.fromLayer!)) : stored
  const trained = trainedParameters(stored.layers, phase)
  const moving = inBatch ? movingStatistics(training.graph) : []
  const changing = new Set([...trained, ...moving.map(({ buffer }) => buffer)])
  const frozen = new Map([...weights].filter(([name]) => !changing.has(name)))
  const cut = chooseCut(stored.graph, changing, 'image')
  const plain = bind(subgraph(stored.graph, [cut.value], [headNames.logits]), frozen)
  const forward = lower(foldBatchNormalization(liftBatchNormalization(plain).graph))
  const outputs = [headNames.loss, headNames.logits, ...moving.map(({ batchValue }) => batchValue)]
  const loss = subgraph(withLoss(training.graph, plan.head.activation), [cut.value], outputs)
  const { step, foldings } = stepGraph(bind(loss, frozen), trained)
  return { cut, step, forward, trained, foldings, moving }
}

/** The step of a graph with a loss: batch norm lifted out of it where it can be, gradients, engine's operators. */
export function stepGraph(
  graph: Graph,
  trained: readonly string[],
): { readonly step: Graph; readonly foldings: readonly Folding[] } {
  const lifted = liftBatchNormalization(graph)
  const inputs = liftedNames(trained, lifted.foldings)
  const step = lower(withGradients(foldBatchNormalization(lifted.graph), headNames.loss, inputs))
  return { step: bareOutputs(step, inputs.map(gradientName)), foldings: lifted.foldings }
}

/**
 * From `image` to some values of the model, weights bound: what is frozen, run once per image.
 *
 * @param values in the order of the graph's outputs
 */
export function prefixGraph(
  plan: Plan,
  classes: number,
  weights: ReadonlyMap<string, Tensor>,
  values: readonly string[],
): Graph {
  const { graph } = modelOf(plan, classes, backboneOf(plan))
  return foldBatchNormalization(bind(subgraph(graph, ['image'], values), weights))
}

/**
 * The values at which this phase and later ones cut the network, as far as no phase in between trains what lies
 * before them: one pass over the images serves them all. The phase's own comes first.
 */
export function cutsInReach(plan: Plan, index: number, classes: number): string[] {
  const { graph, layers } = modelOf(plan, classes, backboneOf(plan))
  const cuts: string[] = []
  const touched = new Set<string>()
  for (const phase of plan.phases.slice(index)) {
    const trained = trainedParameters(layers, phase)
    const { value } = chooseCut(graph, new Set(trained), 'image')
    const before = subgraph(graph, ['image'], [value]).inputs
    if (!before.some(({ name }) => touched.has(name)) && !cuts.includes(value)) cuts.push(value)
    for (const name of trained) touched.add(name)
  }
  return cuts
}

/** The backbone with its head, from `image` to `logits`. */
export function modelOf(
  plan: Plan,
  classes: number,
  backbone: Backbone,
): { readonly graph: Graph; readonly layers: readonly Layer[] } {
  return { graph: withHead(backbone.graph, backbone.output, headOf(plan, classes)), layers: backbone.layers }
}

/** Where a graph measures its batches' statistics. */
export function movingStatistics(graph: Graph): MovingStatistic[] {
  const inBatch = (node: Node): node is Node<'BatchNormalization'> =>
    node.op === 'BatchNormalization' && node.attributes.training_mode === 1
  return graph.nodes.filter(inBatch).flatMap(({ inputs, outputs }) => [
    { buffer: inputs[3]!, batchValue: outputs[1]! },
    { buffer: inputs[4]!, batchValue: outputs[2]! },
  ])
}
