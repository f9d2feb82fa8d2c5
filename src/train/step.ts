/** One phase's engine: sessions over flat memory, a training step, a validation pass. */
import { gradientName } from '../graph/gradients/index.ts'
import { type FoldedOptimizer, foldedOptimizer } from '../graph/optimizers/folded.ts'
import type { Optimizer } from '../graph/optimizers/index.ts'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import type { Graph, Tensor } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import type { Layer } from '../model/types.ts'
import type { PhaseNetwork } from './network.ts'
import type { Phase } from './types.ts'

/** A batch as the step's graph takes it. */
export interface Batch {
  readonly count: number
  /** [count, ...cut shape] */
  readonly features: Float32Array
  /** [count, logits] */
  readonly targets: Float32Array
  /** [count]; weights of 1/count give the mean loss. */
  readonly weights: Float32Array
}

export interface StepResult {
  readonly loss: number
  /** [count, logits] */
  readonly logits: Float32Array
}

export interface PhaseEngine {
  readonly optimizer: Optimizer
  /** Gradients of the batch, then the optimizer's update. */
  train(batch: Batch, step: number, learningRate: number): Promise<StepResult>
  /** [count, logits] with the weights as they are. */
  logits(features: Float32Array, count: number): Promise<Float32Array>
  /** The trained weights and moving statistics as they are now, copied. */
  weights(): Map<string, Tensor>
  close(): Promise<void>
}

/** Keras' momentum of moving statistics in MobileNetV2. */
const momentum = 0.999

/** Opens a phase's sessions over the weights that it trains. */
export async function openPhaseEngine(
  network: PhaseNetwork,
  phase: Phase,
  layers: readonly Layer[],
  weights: ReadonlyMap<string, Tensor>,
  threads: number,
): Promise<PhaseEngine> {
  const { cut, trained, foldings, moving } = network
  const started = new Map(trained.map(name => [name, weights.get(name)!]))
  const optimizer = foldedOptimizer(started, phase.optimizer, foldings)
  const buffers = new Map(moving.map(({ buffer }) => [buffer, copied(weights.get(buffer)!)]))
  const step = await openSession(network.step, { threads })
  const forward = await openSession(network.forward, { threads })
  const state = Object.fromEntries([...optimizer.inputs, ...buffers])
  const into = gradientPlaces(network.step, optimizer)
  const scale = layerScale(layers, phase)
  const featureTensor = (data: Float32Array, count: number): Tensor =>
    tensor('float32', [count, ...cut.shape], data.subarray(0, count * sizeOfCut(cut.shape)))
  return {
    optimizer,
    async train({ count, features, targets, weights: exampleWeights }, at, learningRate) {
      const feeds = {
        ...pick(state, step.inputNames),
        [cut.value]: featureTensor(features, count),
        [headNames.target]: tensor('float32', [count, targets.length / count], targets),
        [headNames.weight]: tensor('float32', [count], exampleWeights),
      }
      const results = await step.run(feeds, into)
      for (const { buffer, batchValue } of moving) move(buffers.get(buffer)!, results[batchValue]!)
      optimizer.update(at, learningRate, scale)
      const logits = results[headNames.logits]!.data as Float32Array
      return { loss: Number(results[headNames.loss]!.data[0]), logits }
    },
    async logits(features, count) {
      const feeds = { ...pick(state, forward.inputNames), [cut.value]: featureTensor(features, count) }
      return (await forward.run(feeds))[headNames.logits]!.data as Float32Array
    },
    weights: () =>
      new Map([...optimizer.flat.parameters, ...buffers].map(([name, value]) => [name, copied(value)])),
    async close() {
      await step.close()
      await forward.close()
    },
  }
}

/** Where the step's graph writes its gradients, each in the shape that the graph gives. */
export function gradientPlaces(step: Graph, { inputGradients }: FoldedOptimizer): Record<string, Tensor> {
  const shapes = new Map(step.outputs.map(({ name, shape }) => [name, shape as readonly number[]]))
  return Object.fromEntries(
    [...inputGradients].map(([name, { data }]) => {
      const output = gradientName(name)
      return [output, tensor('float32', shapes.get(output)!, data)]
    }),
  )
}

function pick(values: Readonly<Record<string, Tensor>>, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.flatMap(name => (values[name] ? [[name, values[name]]] : [])))
}

function copied({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape, data: data.slice() }
}

function sizeOfCut(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

/** running = momentum * running + (1 - momentum) * batch, as Keras' BatchNormalization. */
function move(running: Tensor, batch: Tensor): void {
  const [values, now] = [running.data as Float32Array, batch.data as Float32Array]
  for (let at = 0; at < values.length; at++) values[at] = values[at]! * momentum + now[at]! * (1 - momentum)
}

/** The factor of the learning rate for a parameter: `layerDecay` at the first trained layer, 1 at the head. */
function layerScale(
  layers: readonly Layer[],
  { fromLayer, layerDecay }: Phase,
): (parameter: string) => number {
  if (fromLayer === null || layerDecay === 1) return () => 1
  const deep = layers.filter(layer => layer.index >= fromLayer && layer.parameters.length > 0)
  const depth = new Map(
    deep.flatMap((layer, at) => layer.parameters.map(name => [name, at / deep.length] as const)),
  )
  return parameter => layerDecay ** (1 - (depth.get(parameter) ?? 1))
}
