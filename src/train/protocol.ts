/** What the training thread and the thread that started it say to each other. */

import type { Failure } from '../util/failure.ts'
import type { CardBase } from './bundles.ts'
import type { TrainerRequest } from './phase-work.ts'
import type { TrainEvent } from './types.ts'

export interface WorkerRequest extends TrainerRequest {
  /** What the bundles say of themselves. */
  readonly card: CardBase
}

export type ToWorker = { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'event'; readonly event: TrainEvent }
  | { readonly type: 'trained'; readonly bestEpoch: number; readonly epochs: number }
  | { readonly type: 'failed'; readonly failure: Failure }
