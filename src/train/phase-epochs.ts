/** The epochs of a phase, one after the other, each told and kept. */
import { join } from 'node:path'
import { openEventFile } from '../util/tensorboard.ts'
import { progressTeller, scalarsOf } from './announce.ts'
import {
  type EpochState,
  evaluateSet,
  type FeatureSet,
  type SetEvaluation,
  stepsPerEpoch,
  trainEpoch,
} from './epoch.ts'
import type { HeldOut, PhaseFeatures } from './phase-features.ts'
import type { PhaseWork, TrainerContext } from './phase-work.ts'
import { appendMetrics, fileNames } from './run-folder.ts'
import { finishEpoch, freshEpoch, isPatienceSpent, saveState } from './run-state.ts'
import { averagingDecay, learningRateAt } from './schedule.ts'
import type { PhaseEngine, StepRates } from './step.ts'
import { classWeightsOf } from './targets.ts'
import type { EpochRecord } from './types.ts'
import { watchedExamples } from './watched.ts'

/** Milliseconds between checkpoints while epochs are short. */
const checkpointPace = 10_000

/**
 * Trains the phase's epochs that are left.
 *
 * @param underWay the epoch that a stop would interrupt
 */
export async function trainEpochs(
  work: PhaseWork,
  engine: PhaseEngine,
  features: PhaseFeatures,
  underWay: { epoch: EpochState },
): Promise<void> {
  const { request, context, data, state, index, phase } = work
  const { plan, classNames, run } = request
  const examples = data.train().map(position => data.examples[position]!)
  const steps = stepsPerEpoch(examples.length, plan.batchSize)
  const ratesAt = (step: number): StepRates => ({
    learningRate: learningRateAt(phase, step, steps),
    averagingDecay: averagingDecay(phase, step + 1, steps),
  })
  const options = {
    plan,
    phase,
    phaseIndex: index,
    classes: classNames.length,
    classWeights: classWeightsOf(plan.classWeights, classNames, examples),
    ratesAt,
  }
  const events = openEventFile(join(run, fileNames.events), context.clock, state.progress.epoch + 1)
  let shown = -1
  let examplesShown: FeatureSet | undefined
  let saved = context.clock()

  while (state.progress.phaseEpoch < phase.epochs && !isPatienceSpent(phase, state)) {
    const began = context.clock()
    const { phaseEpoch } = state.progress

    // The views take turns.
    const view = { number: phaseEpoch % phase.views, augmentation: phase.augmentation, seed: plan.seed }
    if (view.number !== shown) examplesShown = await features.viewed(view)
    shown = view.number

    const afterStep = stepTeller(work, examples.length)
    const epochOptions = { ...options, phaseEpoch, afterStep }
    const train = await trainEpoch(engine, examplesShown!, epochOptions, underWay.epoch)
    if (train === null) throw context.signal.reason

    // What it learned, on examples that it never saw.
    const held = features.validation
    const { evaluation, record } = await engine.averaged(async () => {
      const evaluation = held === null ? null : await evaluateSet(engine, held, plan, options.classes)
      const record = finishEpoch(state, engine, {
        phase: phase.name,
        learningRate: ratesAt((phaseEpoch + 1) * steps - 1).learningRate,
        train,
        validation: evaluation?.figures ?? null,
        seconds: (context.clock() - began) / 1000,
      })
      return { evaluation, record }
    })
    for (const [tag, value] of scalarsOf(record)) events.scalar(tag, record.epoch, value)
    appendMetrics(run, record)
    tellEpoch(context, record, held, evaluation)

    underWay.epoch = freshEpoch()
    if (context.clock() - saved > checkpointPace) {
      saveState(run, state, engine, underWay.epoch)
      saved = context.clock()
    }
    context.signal.throwIfAborted()
  }
  events.close()
}

/** Tells of each step's progress, and says whether a stop was asked for: it takes effect after a step. */
function stepTeller(
  { request, context, state }: PhaseWork,
  examples: number,
): (epoch: EpochState) => boolean {
  const { plan } = request
  const tell = progressTeller(context, plan, state, 'train', examples)
  return ({ step, lossSum }) => {
    const done = Math.min(step * plan.batchSize, examples)
    tell(done, lossSum / done)
    return context.signal.aborted
  }
}

function tellEpoch(
  { emit }: TrainerContext,
  record: EpochRecord,
  held: HeldOut | null,
  evaluation: SetEvaluation | null,
): void {
  emit({ event: 'epoch', ...record })
  if (held === null || evaluation === null) return
  const examples = watchedExamples(held.watched, evaluation.probabilities, held.labels, held.ids)
  emit({ event: 'predictions', epoch: record.epoch, examples })
}
