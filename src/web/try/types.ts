/** The border between the try-it page and what classifies for it: a server, or the browser itself. */

/** A class and its probability, 0..1. */
export interface Score {
  readonly label: string
  readonly score: number
}

/** What the network looked at: how much each part of its square spoke for the first answer. */
export interface HeatMap {
  readonly rows: number
  readonly columns: number
  /** `rows * columns` numbers in 0..1, row by row from the top left. */
  readonly values: readonly number[]
}

/** What a picture shows. */
export interface TryAnswer {
  /** The most probable classes, the best first. */
  readonly predictions: readonly Score[]
  /** Whether the picture is like nothing that the network was taught. */
  readonly unknown?: boolean
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

/** How a picture becomes the network's square; the heat map lies over that square. */
export type Fit = 'squash' | 'pad' | 'crop'

/** What the page is told of the model, as the data of its document. */
export interface TryModel {
  readonly fit: Fit
  /** Whether heat maps can be had. */
  readonly explains: boolean
}
