/** What quantising a bundle takes, and what it gives. */
import type { Bundle } from '../bundle/load-bundle.ts'
import type { Source } from '../dataset/types.ts'
import type { Evaluation } from '../evaluate/evaluation.ts'

/** A picture and the index of its class. */
export interface LabelledSource {
  readonly source: Source
  /** In 0..K-1, in the order of the bundle's class names. */
  readonly label: number
}

export interface QuantizeOptions {
  /** Pictures that the classifier was trained on, in an order that favours none; those beyond 512 are not looked at. */
  readonly calibration: readonly Source[]
  /** Pictures that it was not trained on: the accuracy before and after is measured on them. */
  readonly validation: readonly LabelledSource[]
  /** The largest loss of accuracy that is borne, in percentage points, 0 or more; default 0.5. */
  readonly maxLoss?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Quantized {
  /** The bundle in whole numbers: complete, sealed, for whatever reads bundles. */
  readonly bytes: Uint8Array
  /** The same, read. */
  readonly bundle: Bundle
  /** Number of pictures that it was calibrated on. */
  readonly calibrated: number
  /** What the bundle says of the validation pictures as it was, and in whole numbers. */
  readonly before: Evaluation
  readonly after: Evaluation
}
