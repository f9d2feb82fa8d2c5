/** What the inference thread and the thread that serves say to each other. */
import type { Judgement } from '../bundle/engine.ts'
import type { BundleFacts } from '../bundle/facts.ts'
import type { HeatMap } from '../bundle/heat-colour.ts'
import type { Failure } from '../util/failure.ts'

/** What the inference thread is started with. */
export interface InferenceData {
  /** A run folder, a bundle's path, or its bytes. */
  readonly model: string | Uint8Array
  /** Threads of the network. */
  readonly threads: number
}

/** A batch for the network. */
export interface ToInference {
  readonly id: number
  /** uint8 RGB [n, size, size, 3]. */
  readonly pixels: Uint8Array<ArrayBuffer>
  /** Whether to say where the network looked. */
  readonly explain: boolean
}

export type FromInference =
  | { readonly type: 'ready'; readonly facts: BundleFacts; readonly explains: boolean }
  | { readonly type: 'answered'; readonly id: number; readonly verdicts: readonly Verdict[] }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }
  /** The thread could not begin. */
  | { readonly type: 'unable'; readonly failure: Failure }

/** What the network says of one picture. */
export interface Verdict extends Judgement {
  /** Whether the picture is like none that the network was trained on. */
  readonly unknown: boolean
  /** What spoke for the most probable class, where that was asked for. */
  readonly heat?: HeatMap
}
