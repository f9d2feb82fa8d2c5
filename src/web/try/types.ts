/** The border between the try-it page and what classifies for it: a server, or the browser itself. */
import type { HeatMap } from '../../bundle/heat-colour.ts'
import type { Prediction } from '../../bundle/ranking.ts'
import type { Fit } from '../../pipeline/types.ts'

/** What a picture shows. */
export interface TryAnswer {
  /** The most probable classes, the best first. */
  readonly predictions: readonly Prediction[]
  /** Whether the picture is like none that the network was trained on; by default what the first class says. */
  readonly unknown?: boolean
  /** What spoke for the first class, over the network's square. */
  readonly heatmap?: HeatMap
}

export interface TryOptions {
  /** How many classes are wanted. */
  readonly top: number
  /** Whether the heat map is wanted too. */
  readonly heatmap: boolean
  readonly signal?: AbortSignal
}

/**
 * Classifies one image file. It rejects with an error whose `message`, and `hint` where there is one, are shown as they
 * are.
 */
export type Classify = (image: Blob, options: TryOptions) => Promise<TryAnswer>

/** What the page is told of the model, as the data of its document. */
export interface TryModel {
  /** How a picture becomes the network's square, over which heat maps lie. */
  readonly fit: Fit
  /** Whether heat maps can be had. */
  readonly explains: boolean
}
