/** What quantising a bundle takes, and what it gives. */
import type { Bundle } from '../bundle/load-bundle.ts'
import type { Source } from '../dataset/types.ts'
import type { Interval } from '../evaluate/interval.ts'

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
  /** The largest loss of accuracy that is borne, in percentage points; default 0.5. */
  readonly maxLoss?: number
  readonly signal?: AbortSignal
}

/** How often a classifier was right. */
export interface MeasuredAccuracy {
  /** 0..1. */
  readonly accuracy: number
  /** Wilson's 95% interval. */
  readonly interval: Interval
  /** Cross-entropy in nats. */
  readonly loss: number
}

export interface Quantized {
  /** The bundle in whole numbers: complete, sealed, for whatever reads bundles. */
  readonly bytes: Uint8Array
  /** The same, read. */
  readonly bundle: Bundle
  /** Number of pictures that were read and used. */
  readonly images: { readonly calibration: number; readonly validation: number }
  /** Of the bundle as it was. */
  readonly before: MeasuredAccuracy
  /** Of the bundle in whole numbers. */
  readonly after: MeasuredAccuracy
}

/**
 * A bundle whose network computes in whole numbers of 8 bits, from one that computes in float32.
 *
 * @throws UserError `model` when it loses more accuracy than is borne, or is quantised already; `data` when none of
 *   the pictures can be read
 */
export type QuantizeBundle = (bundle: Bundle, options: QuantizeOptions) => Promise<Quantized>
