/** From a file to numbers: the words of the pipeline. */

/** A decoded picture: uint8 RGB, rows top to bottom, 3 bytes a pixel (HWC). */
export interface Image {
  readonly width: number
  readonly height: number
  /** Length width * height * 3. */
  readonly data: Uint8Array
}

/** An sRGB colour, each part 0..255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** How a picture of any shape becomes a square: stretched, padded with the background, or its centre. */
export type Fit = 'squash' | 'pad' | 'crop'

/** Everything that decides which pixels the network sees; the same in training and in use. */
export interface Preprocessing {
  /** Side of the square, in pixels. */
  readonly size: number
  readonly fit: Fit
  /** The colour on which transparency is flattened and with which `pad` fills. */
  readonly background: Colour
}

/** The defaults: the whole picture, squashed to a square, on white. */
export const defaultPreprocessing: Preprocessing = { size: 96, fit: 'squash', background: [255, 255, 255] }

/** What one image file may cost before it is refused; a file that declares more is called a bomb. */
export interface DecodeLimits {
  /** Size of the file. */
  readonly bytes: number
  /** Width times height, as the file declares them. */
  readonly pixels: number
  /** Bytes that decoding is expected to hold at once. */
  readonly memory: number
  /** Seconds of decoding. */
  readonly seconds: number
}

/**
 * A 256 MiB file, sharp's own 268 megapixels, 800 MB held (so that with everything else a file stays below 1 GB),
 * ten seconds.
 */
export const defaultLimits: DecodeLimits = {
  bytes: 2 ** 28,
  pixels: 0x3fff * 0x3fff,
  memory: 800e6,
  seconds: 10,
}
