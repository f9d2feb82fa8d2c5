/** One phase's engine: sessions over flat memory, a training step, a validation pass. */
import { foldedOptimizer } from '../graph/optimizers/folded.ts'
import type { Optimizer } from '../graph/optimizers/index.ts'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import type { Tensor } from '../graph/types.ts'
import { headNames } from '../model/head.ts'
import type { Layer } from '../model/types.ts'
import { averagesOf } from './averages.ts'
import { layerScale } from './layer-scale.ts'
import type { PhaseNetwork } from './network.ts'
import { gradientPlaces, isDivisible, openDividedStep } from './step-session.ts'
import type { Phase, Plan } from './types.ts'

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

export interface StepRates {
  readonly learningRate: number
  /** See `schedule.ts`; without effect where the phase averages nothing. */
  readonly averagingDecay: number
}

export interface PhaseEngine {
  readonly optimizer: Optimizer
  /** Gradients of the batch, then the optimizer's update, then the averages'. */
  train(batch: Batch, step: number, rates: StepRates): Promise<StepResult>
  /** [count, logits] with the weights as they are. */
  logits(features: Float32Array, count: number): Promise<Float32Array>
  /** The trained weights and moving statistics as they are now, copied. */
  weights(): Map<string, Tensor>
  /** Runs something with the averaged weights in the weights' place, where the phase averages them. */
  averaged<T>(run: () => Promise<T>): Promise<T>
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
  plan: Plan,
): Promise<PhaseEngine> {
  const { cut, trained, foldings, moving } = network
  const started = new Map(trained.map(name => [name, weights.get(name)!]))
  const isAveraged = (phase.averaging ?? 0) > 0
  const optimizer = foldedOptimizer(started, phase.optimizer, foldings, isAveraged ? 1 : 0)
  const averages = isAveraged ? averagesOf(optimizer) : null
  const buffers = new Map(moving.map(({ buffer }) => [buffer, copied(weights.get(buffer)!)]))
  const forward = await openSession(network.forward, { threads: plan.threads })
  const step = await (isDivisible(phase, optimizer)
    ? openDividedStep(network.step, plan, optimizer)
    : openSession(network.step, plan))
  const state = Object.fromEntries([...optimizer.inputs, ...buffers])
  const into = gradientPlaces(network.step, optimizer)
  const scale = layerScale(layers, phase)
  const featureTensor = (data: Float32Array, count: number): Tensor =>
    tensor('float32', [count, ...cut.shape], data.subarray(0, count * sizeOfCut(cut.shape)))
  return {
    optimizer,
    async train({ count, features, targets, weights: exampleWeights }, at, rates) {
      const feeds = {
        ...pick(state, step.inputNames),
        [cut.value]: featureTensor(features, count),
        [headNames.target]: tensor('float32', [count, targets.length / count], targets),
        [headNames.weight]: tensor('float32', [count], exampleWeights),
      }
      const results = await step.run(feeds, into)
      for (const { buffer, batchValue } of moving) move(buffers.get(buffer)!, results[batchValue]!)
      optimizer.update(at, rates.learningRate, scale)
      averages?.follow(rates.averagingDecay)
      const logits = results[headNames.logits]!.data as Float32Array
      return { loss: Number(results[headNames.loss]!.data[0]), logits }
    },
    async logits(features, count) {
      const feeds = { ...pick(state, forward.inputNames), [cut.value]: featureTensor(features, count) }
      return (await forward.run(feeds))[headNames.logits]!.data as Float32Array
    },
    weights: () =>
      new Map([...optimizer.flat.parameters, ...buffers].map(([name, value]) => [name, copied(value)])),
    averaged: run => averages?.inPlace(run) ?? run(),
    async close() {
      await step.close()
      await forward.close()
    },
  }
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
