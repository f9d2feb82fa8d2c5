/** What a phase trains on: frozen features of the training examples, in views, and of the validation examples. */

import { collectGarbage } from '../util/garbage.ts'
import { progressTeller } from './announce.ts'
import type { FeatureSet } from './epoch.ts'
import type { TableRoom } from './feature-table.ts'
import { openExtractor } from './features.ts'
import { cutsInReach, type PhaseNetwork, prefixGraph } from './network.ts'
import type { PhaseWork } from './phase-work.ts'
import { checkReadable } from './readable.ts'
import type { View } from './view.ts'
import { watchedPlaces, writeWatched } from './watched.ts'

export interface PhaseFeatures {
  /** The training examples in a view, until the next is asked for. */
  viewed(view: View): Promise<FeatureSet>
  /** The validation examples as they are. */
  readonly validation: HeldOut | null
}

export interface HeldOut extends FeatureSet {
  readonly ids: readonly string[]
  /** Places of those whose predictions are told. */
  readonly watched: readonly number[]
}

/** Runs the frozen part once per image, for this phase and the later ones that it can serve. */
export async function phaseFeatures(work: PhaseWork, network: PhaseNetwork): Promise<PhaseFeatures> {
  const { request, context, data, state, index, phase } = work
  const { plan, run, classNames, cache, maxUnreadable } = request
  const cuts = cutsInReach(plan, index, classNames.length)
  const prefix = prefixGraph(plan, classNames.length, state.weights, cuts)
  const extractor = openExtractor(prefix, data, { cache, threads: plan.threads })
  const ensure = async (
    names: readonly string[],
    positions: readonly number[],
    view: View,
  ): Promise<void> => {
    data.room.clear()
    const tell = progressTeller(context, plan, state, 'features', positions.length)
    const computed = await extractor.ensure(names, positions, view, tell)
    if (computed > 0) collectGarbage() // of batches, and of the phase before
  }
  const labelled = (positions: readonly number[], view: View, room?: TableRoom): FeatureSet => ({
    table: extractor.table(network.cut.value, positions, view, room),
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
      return labelled(data.train(), view, data.room)
    },
  }
}
