/** Which random changes training makes to its pictures, as plain data that a run records. */

/**
 * Strengths of the changes; 0 leaves a change out. They are drawn in this order. One map has all of the geometry and
 * takes the crop first and the mirrors last; colours and the rectangle follow in this order.
 */
export interface Augmentation {
  /** Probability of mirroring left and right. */
  readonly flipHorizontal: number
  /** Probability of mirroring top and bottom. */
  readonly flipVertical: number
  /** Probability of a turn by 0, 90, 180 or 270 degrees, each as likely. */
  readonly quarterTurns: number
  /** Largest rotation either way, in degrees. */
  readonly rotate: number
  /** Largest shift in each direction, as a share of the side. */
  readonly translate: number
  /** Largest share of the area that a random crop cuts away, below 1; the rest is enlarged to the full square. */
  readonly crop: number
  /** Largest change of the factor 1 by which the colours are multiplied. */
  readonly brightness: number
  /** Largest change of the factor 1 by which the distance to the mean grey is multiplied. */
  readonly contrast: number
  /** Largest change of the factor 1 by which the distance to the pixel's own grey is multiplied. */
  readonly saturation: number
  /** Probability of covering a random rectangle, 2 to 20% of the area, with mid-grey. */
  readonly erase: number
}

const none: Augmentation = {
  flipHorizontal: 0,
  flipVertical: 0,
  quarterTurns: 0,
  rotate: 0,
  translate: 0,
  crop: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  erase: 0,
}

const light: Augmentation = {
  ...none,
  flipHorizontal: 0.5,
  rotate: 8,
  translate: 0.04,
  crop: 0.25,
  brightness: 0.1,
  contrast: 0.1,
  saturation: 0.1,
}

export type AugmentationName = 'none' | 'flips' | 'light' | 'strong' | 'aerial'

/**
 * Ready-made augmentations: `flips` mirrors left and right; `light` suits photographs and small data; `strong`
 * suits long runs that overfit; `aerial` suits pictures with no up and down.
 */
export const augmentations: Readonly<Record<AugmentationName, Augmentation>> = {
  none,
  flips: { ...none, flipHorizontal: 0.5 },
  light,
  strong: {
    ...light,
    rotate: 20,
    translate: 0.08,
    crop: 0.6,
    brightness: 0.3,
    contrast: 0.3,
    saturation: 0.4,
    erase: 0.25,
  },
  aerial: { ...light, flipVertical: 0.5, quarterTurns: 1 },
}
