/**
 * The story of a run, told in the worker thread: open the data, then for each phase compute the frozen features,
 * train what is to be trained and keep the best.
 */
import { join } from 'node:path'
import type { Familiar } from '../bundle/familiar.ts'
import type { Split } from '../dataset/types.ts'
import type { Tensor } from '../graph/types.ts'
import { openEventFile } from '../util/tensorboard.ts'
import { type Listener, phaseEvent, progressTeller, scalarsOf } from './announce.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'
import { openTrainingData, type TrainingData } from './data.ts'
import { type EpochState, evaluateSet, type FeatureSet, stepsPerEpoch, trainEpoch } from './epoch.ts'
import { familiarOf } from './familiar.ts'
import { openExtractor } from './features.ts'
import { backboneOf, cutsInReach, type PhaseNetwork, phaseNetwork, prefixGraph } from './network.ts'
import { checkReadable } from './readable.ts'
import { appendMetrics, fileNames, truncateMetrics } from './run-folder.ts'
import {
  epochOf,
  finishEpoch,
  finishPhase,
  freshEpoch,
  freshState,
  isPatienceSpent,
  type RunState,
  saveState,
  stateOf,
} from './run-state.ts'
import { learningRateAt } from './schedule.ts'
import { openPhaseEngine, type PhaseEngine } from './step.ts'
import { classWeightsOf } from './targets.ts'
import type { Phase, Plan } from './types.ts'
import type { View } from './view.ts'
import { watchedExamples, watchedPlaces, writeWatched } from './watched.ts'
import { startingWeights } from './weights.ts'

export interface TrainerRequest {
  readonly run: string
  readonly plan: Plan
  readonly classNames: readonly string[]
  readonly split: Split
  readonly cache: string
  readonly decodeWorkers: number
  /** The largest share of unreadable files that a run bears. */
  readonly maxUnreadable: number
  /** Of plan and data; a checkpoint of another is refused. */
  readonly fingerprint: string
}

/** The clock, in milliseconds, serves rates, durations and the pace of checkpoints; results do not depend on it. */
export interface TrainerContext extends Listener {
  /** Asked to stop: the run ends at the next step and leaves a checkpoint. */
  readonly signal: AbortSignal
}

/** What a finished training leaves in memory. */
export interface Trained {
  readonly best: ReadonlyMap<string, Tensor>
  readonly last: ReadonlyMap<string, Tensor>
  /** What the best weights know; null of too few images. */
  readonly familiar: Familiar | null
  /** The same of the last weights. */
  readonly lastFamiliar: Familiar | null
  readonly bestEpoch: number
  readonly epochs: number
}

/** Milliseconds between checkpoints while epochs are short. */
const checkpointPace = 10_000

/**
 * Trains, or goes on from the run folder's checkpoint.
 *
 * @throws UserError `aborted` when it was asked to stop; the checkpoint is then complete
 */
export async function trainRun(request: TrainerRequest, context: TrainerContext): Promise<Trained> {
  const { run, plan, split, classNames, fingerprint, cache, decodeWorkers: workers } = request
  const { preprocessing, phases } = plan
  const data = await openTrainingData(split, { preprocessing, cache, workers, signal: context.signal })
  try {
    const checkpoint = readCheckpoint(run)
    const state =
      checkpoint === null
        ? freshState(await startingWeights(plan, classNames.length, data), fingerprint)
        : stateOf(checkpoint, run, fingerprint)
    truncateMetrics(run, state.progress.epoch)
    for (let index = state.progress.phase; index < phases.length; index++) {
      const resumed = index === checkpoint?.progress.phase ? checkpoint : null
      await trainPhase({ request, context, data, state, index, phase: phases[index]!, resumed })
    }
    const { weights, runBest, progress } = state
    const { epoch: epochs, runBest: bestEpoch } = progress
    const best = runBest ?? weights
    const familiar = await familiarOf(plan, classNames.length, best, data)
    const isLastBest = best === weights || bestEpoch?.epoch === epochs
    const lastFamiliar = isLastBest ? familiar : await familiarOf(plan, classNames.length, weights, data)
    return { best, last: weights, familiar, lastFamiliar, bestEpoch: bestEpoch?.epoch ?? 0, epochs }
  } finally {
    await data.close()
  }
}

interface PhaseWork {
  readonly request: TrainerRequest
  readonly context: TrainerContext
  readonly data: TrainingData
  readonly state: RunState
  readonly index: number
  readonly phase: Phase
  /** The checkpoint that was made inside of this phase. */
  readonly resumed: Checkpoint | null
}

async function trainPhase(work: PhaseWork): Promise<void> {
  const { request, context, state, phase, resumed } = work
  const { run, plan, classNames } = request
  const network = phaseNetwork(plan, phase, classNames.length, state.weights)
  context.emit(phaseEvent(phase, network, state.weights))
  const features = await phaseFeatures(work, network)
  const engine = await openPhaseEngine(network, phase, backboneOf(plan).layers, state.weights, plan.threads)
  resumed?.moments.forEach((moments, at) => void engine.optimizer.flat.moments[at]?.set(moments))
  const underWay = { epoch: resumed === null ? freshEpoch() : epochOf(resumed) }
  try {
    await trainEpochs(work, engine, features, underWay)
  } catch (error) {
    // Wherever it was stopped, what is done is kept.
    if (context.signal.aborted) saveState(run, state, engine, underWay.epoch)
    throw error
  } finally {
    await engine.close()
  }
  finishPhase(state, phase)
  saveState(run, state, null, freshEpoch())
  context.signal.throwIfAborted()
}

interface PhaseFeatures {
  /** The training examples in a view. */
  viewed(view: View): Promise<FeatureSet>
  /** The validation examples as they are. */
  readonly validation: HeldOut | null
}

interface HeldOut extends FeatureSet {
  readonly ids: readonly string[]
  /** Places of those whose predictions are told. */
  readonly watched: readonly number[]
}

/** Runs the frozen part once per image, for this phase and the later ones that it can serve. */
async function phaseFeatures(work: PhaseWork, network: PhaseNetwork): Promise<PhaseFeatures> {
  const { request, context, data, state, index, phase } = work
  const { plan, run, classNames, cache, maxUnreadable } = request
  const cuts = cutsInReach(plan, index, classNames.length)
  const prefix = prefixGraph(plan, classNames.length, state.weights, cuts)
  const extractor = openExtractor(prefix, data, { cache, threads: plan.threads })
  const ensure = (names: readonly string[], positions: readonly number[], view: View): Promise<void> =>
    extractor.ensure(
      names,
      positions,
      view,
      progressTeller(context, plan, state, 'features', positions.length),
    )
  const labelled = (positions: readonly number[], view: View): FeatureSet => ({
    table: extractor.table(network.cut.value, positions, view),
    labels: positions.map(position => data.examples[position]!.label!),
  })
  const plain: View = { number: 0, augmentation: phase.augmentation, seed: plan.seed }
  await ensure(cuts, [...data.train(), ...data.validation()], plain)
  checkReadable(data, classNames, maxUnreadable)
  const held = data.validation()
  const watched = watchedPlaces(held.length, plan.seed)
  if (held.length > 0)
    await writeWatched(
      run,
      data,
      watched.map(place => held[place]!),
    )
  const ids = held.map(position => data.examples[position]!.id)
  return {
    validation: held.length === 0 ? null : { ...labelled(held, plain), ids, watched },
    async viewed(view) {
      if (view.number !== 0) await ensure([network.cut.value], data.train(), view)
      return labelled(data.train(), view)
    },
  }
}

async function trainEpochs(
  work: PhaseWork,
  engine: PhaseEngine,
  features: PhaseFeatures,
  underWay: { epoch: EpochState },
): Promise<void> {
  const { request, context, data, state, index, phase } = work
  const { plan, classNames, run } = request
  const classes = classNames.length
  const examples = data.train().map(position => data.examples[position]!)
  const steps = stepsPerEpoch(examples.length, plan.batchSize)
  const classWeights = classWeightsOf(plan.classWeights, classNames, examples)
  const events = openEventFile(join(run, fileNames.events), context.clock, state.progress.epoch + 1)
  const rateAt = (step: number): number => learningRateAt(phase, step, steps)
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

    // A stop takes effect after a step.
    const tell = progressTeller(context, plan, state, 'train', examples.length)
    const afterStep = ({ step, lossSum }: EpochState): boolean => {
      const done = Math.min(step * plan.batchSize, examples.length)
      tell(done, lossSum / done)
      return context.signal.aborted
    }
    const options = {
      plan,
      phase,
      phaseIndex: index,
      phaseEpoch,
      classes,
      classWeights,
      learningRateAt: rateAt,
      afterStep,
    }
    const train = await trainEpoch(engine, examplesShown!, options, underWay.epoch)
    if (train === null) throw context.signal.reason

    // What it learned, on examples that it never saw.
    const held = features.validation
    const evaluation = held === null ? null : await evaluateSet(engine, held, plan, classes)
    const validation = evaluation?.figures ?? null
    const learningRate = rateAt((phaseEpoch + 1) * steps - 1)
    const seconds = (context.clock() - began) / 1000
    const record = finishEpoch(state, engine, { phase: phase.name, learningRate, train, validation, seconds })
    for (const [tag, value] of scalarsOf(record)) events.scalar(tag, record.epoch, value)
    appendMetrics(run, record)
    context.emit({ event: 'epoch', ...record })
    if (held !== null && evaluation !== null) {
      const seen = watchedExamples(held.watched, evaluation.probabilities, held.labels, held.ids)
      context.emit({ event: 'predictions', epoch: record.epoch, examples: seen })
    }

    underWay.epoch = freshEpoch()
    if (context.clock() - saved > checkpointPace) {
      saveState(run, state, engine, underWay.epoch)
      saved = context.clock()
    }
    context.signal.throwIfAborted()
  }
  events.close()
}
