/** What the trainer is asked for, and what each of its phases works on. */
import type { Split } from '../dataset/types.ts'
import type { Listener } from './announce.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { TrainingData } from './data.ts'
import type { RunState } from './run-state.ts'
import type { Phase, Plan } from './types.ts'

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

/** One phase under way. */
export interface PhaseWork {
  readonly request: TrainerRequest
  readonly context: TrainerContext
  readonly data: TrainingData
  readonly state: RunState
  readonly index: number
  readonly phase: Phase
  /** The checkpoint that was made inside of this phase. */
  readonly resumed: Checkpoint | null
}
