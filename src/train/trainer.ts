/**
 * The story of a run, told in the worker thread: open the data, then for each phase compute the frozen features,
 * train what is to be trained and keep the best.
 */
import type { Familiar } from '../bundle/familiar.ts'
import type { Tensor } from '../graph/types.ts'
import { phaseEvent } from './announce.ts'
import { readCheckpoint } from './checkpoint.ts'
import { openTrainingData } from './data.ts'
import { familiarOf } from './familiar.ts'
import { backboneOf, phaseNetwork } from './network.ts'
import { trainEpochs } from './phase-epochs.ts'
import { phaseFeatures } from './phase-features.ts'
import type { PhaseWork, TrainerContext, TrainerRequest } from './phase-work.ts'
import { truncateMetrics } from './run-folder.ts'
import { epochOf, finishPhase, freshEpoch, freshState, keepWeights, saveState, stateOf } from './run-state.ts'
import { openPhaseEngine } from './step.ts'
import { startingWeights } from './weights.ts'

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

async function trainPhase(work: PhaseWork): Promise<void> {
  const { request, context, state, phase, resumed } = work
  const { run, plan, classNames } = request
  const network = phaseNetwork(plan, phase, classNames.length, state.weights)
  context.emit(phaseEvent(phase, network, state.weights))
  const features = await phaseFeatures(work, network)
  const underWay = { epoch: resumed === null ? freshEpoch() : epochOf(resumed) }
  const engine = await openPhaseEngine(network, phase, backboneOf(plan).layers, state.weights, plan)
  try {
    resumed?.moments.forEach((moments, at) => void engine.optimizer.flat.moments[at]?.set(moments))
    await trainEpochs(work, engine, features, underWay)
    await engine.averaged(async () => keepWeights(state, engine)) // of a phase resumed at its end, too
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
