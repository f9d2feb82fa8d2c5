/**
 * The story of a run, told in the worker thread: open the data, then for each phase compute the frozen features,
 * train what is to be trained and keep the best, and at the end write what a user ships.
 */
import { join } from 'node:path'
import type { Split } from '../dataset/types.ts'
import type { Tensor } from '../graph/types.ts'
import { UserError } from '../util/errors.ts'
import { openEventFile } from '../util/tensorboard.ts'
import { isBetter, scoreOf } from './best.ts'
import { type Checkpoint, type Progress, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { openTrainingData, type TrainingData } from './data.ts'
import { type EpochState, evaluateSet, type FeatureSet, stepsPerEpoch, trainEpoch } from './epoch.ts'
import { openExtractor, type View } from './features.ts'
import { backboneOf, cutsInReach, type PhaseNetwork, phaseNetwork, prefixGraph } from './network.ts'
import { checkReadable } from './readable.ts'
import { appendMetrics, fileNames, truncateMetrics } from './run-folder.ts'
import { learningRateAt } from './schedule.ts'
import { openPhaseEngine, type PhaseEngine } from './step.ts'
import { classWeightsOf } from './targets.ts'
import type { EpochRecord, Figures, Phase, Plan, TrainEvent } from './types.ts'
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

export interface TrainerContext {
  emit(event: TrainEvent): void
  /** Asked to stop: the run ends at the next step and leaves a checkpoint. */
  readonly signal: AbortSignal
  /** Milliseconds, for rates, durations and the pace of checkpoints; results do not depend on it. */
  clock(): number
}

/** What a finished training leaves in memory. */
export interface Trained {
  readonly best: ReadonlyMap<string, Tensor>
  readonly last: ReadonlyMap<string, Tensor>
  readonly bestEpoch: number
  readonly epochs: number
}

/** Checkpoints are written at most this often while epochs are short. */
const checkpointPace = 10_000

/** Where a run is: what a checkpoint holds, and changes as training goes on. */
interface State {
  progress: Progress
  weights: ReadonlyMap<string, Tensor>
  phaseBest: ReadonlyMap<string, Tensor> | null
  runBest: ReadonlyMap<string, Tensor> | null
}

/**
 * Trains, or goes on from the run folder's checkpoint.
 *
 * @throws UserError `aborted` when it was asked to stop; the checkpoint is then complete
 */
export async function trainRun(request: TrainerRequest, context: TrainerContext): Promise<Trained> {
  const { run, plan, split } = request
  const { signal } = context
  const data = await openTrainingData(split, {
    preprocessing: plan.preprocessing,
    cache: request.cache,
    workers: request.decodeWorkers,
    signal,
  })
  try {
    const checkpoint = readCheckpoint(run)
    const state = await startingState(request, checkpoint, data)
    truncateMetrics(run, state.progress.epoch)
    for (let index = state.progress.phase; index < plan.phases.length; index++) {
      const isResumed = index === checkpoint?.progress.phase
      await trainPhase({ request, context, data, state, index, resumed: isResumed ? checkpoint : null })
    }
    const { weights, runBest, progress } = state
    return {
      best: runBest ?? weights,
      last: weights,
      bestEpoch: progress.runBest?.epoch ?? 0,
      epochs: progress.epoch,
    }
  } finally {
    await data.close()
  }
}

async function startingState(
  { plan, classNames, fingerprint, run }: TrainerRequest,
  found: Checkpoint | null,
  data: TrainingData,
): Promise<State> {
  if (found === null) {
    const progress = {
      phase: 0,
      phaseEpoch: 0,
      epoch: 0,
      step: 0,
      phaseBest: null,
      runBest: null,
      lossSum: 0,
      fingerprint,
    }
    return {
      progress,
      weights: await startingWeights(plan, classNames.length, data),
      phaseBest: null,
      runBest: null,
    }
  }
  if (found.progress.fingerprint !== fingerprint) {
    throw new UserError('run', `Cannot resume "${run}": its checkpoint is of other data or other options`, {
      hint: 'give the data and the options that the run was started with, or name a new folder with --run',
    })
  }
  const { progress, weights, phaseBest, runBest } = found
  return { progress, weights, phaseBest, runBest }
}

interface PhaseContext {
  readonly request: TrainerRequest
  readonly context: TrainerContext
  readonly data: TrainingData
  readonly state: State
  readonly index: number
  /** The checkpoint that was made inside of this phase. */
  readonly resumed: Checkpoint | null
}

async function trainPhase(work: PhaseContext): Promise<void> {
  const { request, context, data, state, index, resumed } = work
  const { plan, classNames } = request
  const phase = plan.phases[index]!
  const network = phaseNetwork(plan, phase, classNames.length, state.weights)
  announce(work, phase, network)

  // The frozen part runs once per image, and serves later phases as well.
  const cuts = cutsInReach(plan, index, classNames.length)
  const prefix = prefixGraph(plan, classNames.length, state.weights, cuts)
  const extractor = openExtractor(prefix, data, { cache: request.cache, threads: plan.threads })
  const plain: View = { number: 0, augmentation: phase.augmentation, seed: plan.seed }
  const all = [...data.train(), ...data.validation()]
  await extractor.ensure(cuts, all, plain, progressOf(work, 'features', all.length))
  checkReadable(data, classNames, request.maxUnreadable)
  const features = (positions: readonly number[], view: View): FeatureSet => ({
    table: extractor.table(network.cut.value, positions, view),
    labels: positions.map(position => data.examples[position]!.label!),
  })
  const viewed = async (view: View): Promise<FeatureSet> => {
    const positions = data.train()
    const report = progressOf(work, 'features', positions.length)
    if (view.number !== 0) await extractor.ensure([network.cut.value], positions, view, report)
    return features(positions, view)
  }
  const held = data.validation()
  const validation = held.length === 0 ? null : features(held, plain)

  // Only the rest is trained.
  const layers = backboneOf(plan).layers
  const engine = await openPhaseEngine(network, phase, layers, state.weights, plan.threads)
  resumed?.moments.forEach((moments, at) => void engine.optimizer.flat.moments[at]?.set(moments))
  try {
    await trainEpochs(work, { phase, engine, viewed, validation })
  } finally {
    await engine.close()
  }

  // The next phase begins with this one's best, or last, epoch.
  const end = phase.keep === 'best' && state.phaseBest !== null ? state.phaseBest : state.weights
  state.weights = end
  state.phaseBest = null
  state.progress = {
    ...state.progress,
    phase: index + 1,
    phaseEpoch: 0,
    step: 0,
    phaseBest: null,
    lossSum: 0,
  }
  save(work, null, { step: 0, lossSum: 0, logits: new Float32Array() })
  context.signal.throwIfAborted()
}

interface EpochsContext {
  readonly phase: Phase
  readonly engine: PhaseEngine
  /** The training examples' features in a view. */
  viewed(view: View): Promise<FeatureSet>
  readonly validation: FeatureSet | null
}

async function trainEpochs(
  work: PhaseContext,
  { phase, engine, viewed, validation }: EpochsContext,
): Promise<void> {
  const { request, context, data, state, index, resumed } = work
  const { plan, classNames, run } = request
  const classes = classNames.length
  const positions = data.train()
  const steps = stepsPerEpoch(positions.length, plan.batchSize)
  const classWeights = classWeightsOf(
    plan.classWeights,
    classNames,
    positions.map(position => data.examples[position]!),
  )
  const events = openEventFile(join(run, fileNames.events), context.clock, state.progress.epoch + 1)
  const firstEpoch = state.progress.phaseEpoch
  let train: FeatureSet | null = null
  let shown = -1
  let saved = context.clock()

  for (let phaseEpoch = firstEpoch; phaseEpoch < phase.epochs; phaseEpoch++) {
    const started = context.clock()
    const view = { number: phaseEpoch % phase.views, augmentation: phase.augmentation, seed: plan.seed }
    if (view.number !== shown) train = await viewed(view)
    shown = view.number
    const partial = resumed !== null && phaseEpoch === firstEpoch
    const epochState: EpochState = partial
      ? { step: state.progress.step, lossSum: state.progress.lossSum, logits: resumed.logits }
      : { step: 0, lossSum: 0, logits: new Float32Array() }
    const report = progressOf(work, 'train', positions.length)
    const figures = await trainEpoch(
      engine,
      train!,
      {
        plan,
        phase,
        phaseIndex: index,
        phaseEpoch,
        classes,
        classWeights,
        learningRateAt: step => learningRateAt(phase, step, steps),
        afterStep: ({ step }) => {
          report(Math.min(step * plan.batchSize, positions.length))
          return context.signal.aborted
        },
      },
      epochState,
    )
    if (figures === null) {
      save(work, engine, epochState)
      throw context.signal.reason
    }
    const held = validation === null ? null : await evaluateSet(engine, validation, plan, classes)
    const rate = learningRateAt(phase, (phaseEpoch + 1) * steps - 1, steps)
    const record = finishEpoch(work, {
      phase,
      phaseEpoch,
      engine,
      train: figures,
      validation: held,
      rate,
      started,
    })
    for (const [tag, value] of scalars(record)) events.scalar(tag, record.epoch, value)
    appendMetrics(run, record)
    context.emit({ event: 'epoch', ...record })
    if (context.clock() - saved > checkpointPace || context.signal.aborted) {
      save(work, engine, { step: 0, lossSum: 0, logits: new Float32Array() })
      saved = context.clock()
    }
    context.signal.throwIfAborted()
    if (isPatienceSpent(phase, state.progress)) break
  }
  events.close()
}

interface FinishedEpoch {
  readonly phase: Phase
  readonly phaseEpoch: number
  readonly engine: PhaseEngine
  readonly train: Figures
  readonly validation: Figures | null
  readonly rate: number
  readonly started: number
}

/** Moves the state on by an epoch, keeping its weights where they are the best so far. */
function finishEpoch({ state, context }: PhaseContext, epoch: FinishedEpoch): EpochRecord {
  const { phase, phaseEpoch, engine, train, validation, rate, started } = epoch
  const number = state.progress.epoch + 1
  const score = scoreOf({ train, validation })
  const best = { epoch: number, score }
  state.weights = new Map([...state.weights, ...engine.weights()])
  let { phaseBest, runBest } = state.progress
  if (isBetter(score, phaseBest)) {
    phaseBest = best
    state.phaseBest = state.weights
  }
  const isBest = isBetter(score, runBest)
  if (isBest) {
    runBest = best
    state.runBest = state.weights
  }
  state.progress = {
    ...state.progress,
    phaseEpoch: phaseEpoch + 1,
    epoch: number,
    step: 0,
    lossSum: 0,
    phaseBest,
    runBest,
  }
  const seconds = (context.clock() - started) / 1000
  return { epoch: number, phase: phase.name, learningRate: rate, train, validation, isBest, seconds }
}

function isPatienceSpent({ patience }: Phase, { epoch, phaseBest }: Progress): boolean {
  return patience !== null && phaseBest !== null && epoch - phaseBest.epoch >= patience
}

/** Writes a checkpoint of the state, in the middle of an epoch when steps of it are done. */
function save(
  { request, state }: PhaseContext,
  engine: PhaseEngine | null,
  { step, lossSum, logits }: EpochState,
): void {
  writeCheckpoint(request.run, {
    progress: { ...state.progress, step, lossSum },
    weights: engine === null ? state.weights : new Map([...state.weights, ...engine.weights()]),
    phaseBest: state.phaseBest,
    runBest: state.runBest,
    moments: engine === null ? [] : engine.optimizer.flat.moments,
    logits,
  })
}

function announce({ context }: PhaseContext, phase: Phase, { cut, trained, step }: PhaseNetwork): void {
  const sizes = trained.map(name =>
    step.values.get(name)!.shape.reduce<number>((n, dim) => n * Number(dim), 1),
  )
  const parameters = sizes.reduce((sum, size) => sum + size, 0)
  const { value, shape } = cut
  context.emit({
    event: 'phase',
    phase: phase.name,
    epochs: phase.epochs,
    parameters,
    cut: value,
    cutShape: shape,
  })
}

/** Tells how far a stage is, ten times a second at most. */
function progressOf(
  { request, context, state, index }: PhaseContext,
  stage: 'features' | 'train',
  total: number,
): (done: number) => void {
  let last = Number.NEGATIVE_INFINITY
  const { phases } = request.plan
  const epochs = phases.slice(index).reduce((sum, { epochs: count }) => sum + count, 0)
  const { epoch, phaseEpoch } = state.progress
  return done => {
    if (context.clock() - last < 100 && done < total) return
    last = context.clock()
    context.emit({
      event: 'progress',
      stage,
      phase: phases[index]!.name,
      epoch: stage === 'train' ? epoch + 1 : null,
      epochs: epoch - phaseEpoch + epochs,
      done,
      total,
    })
  }
}

function scalars({ train, validation, learningRate }: EpochRecord): [string, number][] {
  const of = (name: string, figures: Figures | null): [string, number][] =>
    figures === null
      ? []
      : Object.entries(figures).flatMap(([key, value]): [string, number][] =>
          value === null ? [] : [[`${key}/${name}`, value]],
        )
  return [...of('train', train), ...of('validation', validation), ['learning-rate', learningRate]]
}
