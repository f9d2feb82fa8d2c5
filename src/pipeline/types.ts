/** From a file to numbers: the words of the pipeline. */

/** A decoded picture: uint8 RGB, rows top to bottom, 3 bytes a pixel (HWC). */
export interface Image {
  readonly width: number
  readonly height: number
  /** Length width * height * 3. */
  readonly data: Uint8Array
}

/** How a picture of any shape becomes a square: stretched, padded with the background, or its centre. */
export type Fit = 'squash' | 'pad' | 'crop'

/** Everything that decides which pixels the network sees; the same in training and in use. */
export interface Preprocessing {
  /** Side of the square, in pixels. */
  readonly size: number
  readonly fit: Fit
  /** The RGB colour, 0..255, on which transparency is flattened and with which `pad` fills. */
  readonly background: readonly [number, number, number]
}

/** The defaults: the whole picture, squashed to a square, on white. */
export const defaultPreprocessing: Preprocessing = { size: 96, fit: 'squash', background: [255, 255, 255] }
