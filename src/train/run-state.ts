/** Where a run is: what a checkpoint holds, and what changes as training goes on. */
import type { Tensor } from '../graph/types.ts'
import { UserError } from '../util/errors.ts'
import { isBetter, scoreOf } from './best.ts'
import { type Checkpoint, type Progress, writeCheckpoint } from './checkpoint.ts'
import type { EpochState } from './epoch.ts'
import type { PhaseEngine } from './step.ts'
import type { EpochRecord, Phase } from './types.ts'

type Weights = ReadonlyMap<string, Tensor>

export interface RunState {
  progress: Progress
  weights: Weights
  phaseBest: Weights | null
  runBest: Weights | null
}

/** An epoch of which nothing is done. */
export const freshEpoch = (): EpochState => ({ step: 0, lossSum: 0, logits: new Float32Array() })

/** What a checkpoint holds of the epoch that was under way. */
export function epochOf({ progress, logits }: Checkpoint): EpochState {
  return { step: progress.step, lossSum: progress.lossSum, logits }
}

/** The state of a run that begins with these weights. */
export function freshState(weights: Weights, fingerprint: string): RunState {
  const counters = { phase: 0, phaseEpoch: 0, epoch: 0, step: 0, lossSum: 0 }
  const progress = { ...counters, phaseBest: null, runBest: null, fingerprint }
  return { progress, weights, phaseBest: null, runBest: null }
}

/** The state that a checkpoint holds. @throws UserError `run` when it belongs to other data or another plan */
export function stateOf(checkpoint: Checkpoint, run: string, fingerprint: string): RunState {
  const { progress, weights, phaseBest, runBest } = checkpoint
  if (progress.fingerprint === fingerprint) return { progress, weights, phaseBest, runBest }
  throw new UserError('run', `Cannot resume "${run}": its checkpoint is of other data or other options`, {
    hint: 'give the data that the run was started with, or name a new folder with --run',
  })
}

/** Takes the phase's weights as they are. */
export function keepWeights(state: RunState, engine: Pick<PhaseEngine, 'weights'>): void {
  state.weights = new Map([...state.weights, ...engine.weights()])
}

/** Moves the state on by an epoch, keeping its weights where they are the best so far. */
export function finishEpoch(
  state: RunState,
  engine: Pick<PhaseEngine, 'weights'>,
  epoch: Omit<EpochRecord, 'epoch' | 'isBest'>,
): EpochRecord {
  const number = state.progress.epoch + 1
  const best = { epoch: number, score: scoreOf(epoch) }
  keepWeights(state, engine)
  let { phaseBest, runBest } = state.progress
  if (isBetter(best.score, phaseBest)) {
    phaseBest = best
    state.phaseBest = state.weights
  }
  const isBest = isBetter(best.score, runBest)
  if (isBest) {
    runBest = best
    state.runBest = state.weights
  }
  const phaseEpoch = state.progress.phaseEpoch + 1
  state.progress = { ...state.progress, phaseEpoch, epoch: number, step: 0, lossSum: 0, phaseBest, runBest }
  return { ...epoch, epoch: number, isBest }
}

/** Moves the state on to the next phase, which begins with this one's best, or last, epoch. */
export function finishPhase(state: RunState, { keep }: Phase): void {
  if (keep === 'best' && state.phaseBest !== null) state.weights = state.phaseBest
  state.phaseBest = null
  const phase = state.progress.phase + 1
  state.progress = { ...state.progress, phase, phaseEpoch: 0, step: 0, phaseBest: null, lossSum: 0 }
}

/** Whether the phase has seen as many epochs without a better one as it bears. */
export function isPatienceSpent({ patience }: Phase, { progress }: RunState): boolean {
  const { epoch, phaseBest } = progress
  return patience !== null && phaseBest !== null && epoch - phaseBest.epoch >= patience
}

/**
 * Writes a checkpoint of the state.
 *
 * @param engine of the phase under way; null between phases
 * @param epoch what is done of the epoch under way
 */
export function saveState(run: string, state: RunState, engine: PhaseEngine | null, epoch: EpochState): void {
  const { step, lossSum, logits } = epoch
  writeCheckpoint(run, {
    progress: { ...state.progress, step, lossSum },
    weights: engine === null ? state.weights : new Map([...state.weights, ...engine.weights()]),
    phaseBest: state.phaseBest,
    runBest: state.runBest,
    moments: engine === null ? [] : engine.optimizer.flat.moments,
    logits,
  })
}
