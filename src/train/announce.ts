/** What a run says while it goes on: the phase that begins, how far a stage is, curves for TensorBoard. */
import type { Tensor } from '../graph/types.ts'
import type { PhaseNetwork } from './network.ts'
import type { RunState } from './run-state.ts'
import type { EpochRecord, Figures, Phase, Plan, TrainEvent } from './types.ts'

/** Milliseconds between two words about the same stage. */
const pace = 100

export function phaseEvent(
  { name, epochs }: Phase,
  { cut, trained }: PhaseNetwork,
  weights: ReadonlyMap<string, Tensor>,
): TrainEvent {
  const parameters = trained.reduce((sum, parameter) => sum + weights.get(parameter)!.data.length, 0)
  return { event: 'phase', phase: name, epochs, parameters, cut: cut.value, cutShape: cut.shape }
}

/** Where progress is told, and when it is. */
export interface Listener {
  emit(event: TrainEvent): void
  clock(): number
}

/** A function that tells how many examples of a stage are done, and their mean loss, ten times a second at most. */
export function progressTeller(
  { emit, clock }: Listener,
  { phases }: Plan,
  { progress }: RunState,
  stage: 'features' | 'train',
  total: number,
): (done: number, loss?: number) => void {
  const { phase, phaseEpoch, epoch } = progress
  const left = phases.slice(phase).reduce((sum, { epochs }) => sum + epochs, 0) - phaseEpoch
  const words = {
    event: 'progress',
    stage,
    phase: phases[phase]!.name,
    epoch: stage === 'train' ? epoch + 1 : null,
    epochs: epoch + left,
    total,
  } as const
  let last = Number.NEGATIVE_INFINITY
  return (done, loss) => {
    if (clock() - last < pace && done < total) return
    last = clock()
    emit({ ...words, done, ...(loss === undefined ? {} : { loss }) })
  }
}

/** An epoch's figures as TensorBoard's scalars, such as `loss/validation`. */
export function scalarsOf({ train, validation, learningRate }: EpochRecord): [tag: string, value: number][] {
  const named = (set: string, figures: Figures | null): [string, number][] =>
    Object.entries(figures ?? {}).flatMap(([figure, value]: [string, number | null]): [string, number][] =>
      value === null ? [] : [[`${figure}/${set}`, value]],
    )
  return [...named('train', train), ...named('validation', validation), ['learning-rate', learningRate]]
}
