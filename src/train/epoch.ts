/** One epoch: shuffled batches through the training step, then the validation set. */

import { logitCount } from '../model/head.ts'
import { UserError } from '../util/errors.ts'
import { randomOf, shuffled } from '../util/random.ts'
import type { FeatureTable } from './feature-table.ts'
import { crossEntropy, figuresOf, probabilitiesOf } from './figures.ts'
import type { Batch, PhaseEngine, StepRates } from './step.ts'
import { writeTarget } from './targets.ts'
import type { Figures, Phase, Plan } from './types.ts'

/** Labelled features. */
export interface FeatureSet {
  readonly table: FeatureTable
  readonly labels: readonly number[]
}

/** What is known of an epoch that is not finished. */
export interface EpochState {
  /** Steps done. */
  step: number
  lossSum: number
  /** [examples so far, logits], in the epoch's order. */
  logits: Float32Array
}

export interface EpochOptions {
  readonly plan: Plan
  readonly phase: Phase
  readonly phaseIndex: number
  /** Counted from 0 in the phase. */
  readonly phaseEpoch: number
  readonly classes: number
  /** By class. */
  readonly classWeights: Float64Array
  /** For a step that counts from 0 in the phase. */
  ratesAt(step: number): StepRates
  /** Called after each step; a result of true ends the epoch there, to be taken up later. */
  afterStep(state: EpochState): boolean
}

/** How many steps an epoch has; the last batch may be smaller. */
export function stepsPerEpoch(examples: number, batchSize: number): number {
  return Math.ceil(examples / batchSize)
}

/**
 * Trains from `state.step` to the end of the epoch, or until `afterStep` stops it.
 *
 * @returns the figures over the epoch as it was trained on, or null when it was stopped
 * @throws UserError `diverged` when the loss is not finite
 */
export async function trainEpoch(
  engine: PhaseEngine,
  { table, labels }: FeatureSet,
  options: EpochOptions,
  state: EpochState,
): Promise<Figures | null> {
  const { plan, phase, phaseIndex, phaseEpoch, classes } = options
  const steps = stepsPerEpoch(labels.length, plan.batchSize)
  const places = labels.map((_, place) => place)
  const order = shuffled(places, randomOf(plan.seed, 'order', phaseIndex, phaseEpoch))
  const fill = batchFiller(table, labels, options)
  const width = logitCount({ activation: plan.head.activation, classes })
  const logits = new Float32Array(labels.length * width)
  logits.set(state.logits)
  for (; state.step < steps; ) {
    const batch = fill(order.slice(state.step * plan.batchSize, (state.step + 1) * plan.batchSize))
    const before = phaseEpoch * steps + state.step
    const result = await engine.train(batch, before + 1, options.ratesAt(before))
    if (!Number.isFinite(result.loss)) throw divergence(phase, before)
    logits.set(result.logits, state.step * plan.batchSize * width)
    state.lossSum += result.loss * batch.count
    state.step++
    state.logits = logits.subarray(0, Math.min(labels.length, state.step * plan.batchSize) * width)
    if (options.afterStep(state) && state.step < steps) return null
  }
  const seen = order.map(place => labels[place]!)
  return figuresOf(
    probabilitiesOf(logits, plan.head.activation, classes),
    seen,
    classes,
    state.lossSum / labels.length,
  )
}

/** What is known of a set after a validation pass. */
export interface SetEvaluation {
  readonly figures: Figures
  /** [examples, classes], in the set's order */
  readonly probabilities: Float32Array
}

/** Fewer examples than that at once would be slow; many more take memory that no training step takes. */
const smallestChunk = 32

/** Figures and probabilities over a whole set. */
export async function evaluateSet(
  engine: Pick<PhaseEngine, 'logits'>,
  { table, labels }: FeatureSet,
  plan: Plan,
  classes: number,
): Promise<SetEvaluation> {
  const { activation } = plan.head
  const width = logitCount({ activation, classes })
  const logits = new Float32Array(labels.length * width)
  const chunk = Math.max(plan.batchSize, smallestChunk)
  const features = new Float32Array(chunk * table.length)
  for (let from = 0; from < labels.length; from += chunk) {
    const count = Math.min(chunk, labels.length - from)
    table.read(
      Array.from({ length: count }, (_, at) => from + at),
      features,
    )
    logits.set(await engine.logits(features, count), from * width)
  }
  const loss = crossEntropy(logits, labels, activation, classes)
  const probabilities = probabilitiesOf(logits, activation, classes)
  return { figures: figuresOf(probabilities, labels, classes, loss), probabilities }
}

/** Makes batches in buffers that are used again by the next one. */
function batchFiller(
  table: FeatureTable,
  labels: readonly number[],
  { plan, phase, classes, classWeights }: EpochOptions,
): (places: readonly number[]) => Batch {
  const { activation } = plan.head
  const logits = logitCount({ activation, classes })
  const features = new Float32Array(plan.batchSize * table.length)
  return places => {
    const count = places.length
    const targets = new Float32Array(count * logits)
    const weights = new Float32Array(count)
    table.read(places, features)
    places.forEach((place, row) => {
      writeTarget(targets, row, labels[place]!, { activation, logits, smoothing: phase.labelSmoothing })
      weights[row] = classWeights[labels[place]!]! / count
    })
    return { count, features, targets, weights }
  }
}

function divergence({ name, learningRate }: Phase, step: number): UserError {
  return new UserError('diverged', `The loss of phase "${name}" is not finite after ${step} steps`, {
    hint: `try a smaller learning rate, such as --learning-rate ${learningRate / 10}`,
  })
}
