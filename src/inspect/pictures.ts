/** Pictures in which there is little to see: blank, very dark, blurred, tiny. */
import { formatCount } from '../util/format.ts'
import type { Looks } from './look.ts'
import { robustScores, unusual } from './robust.ts'

/** One poor picture. */
export interface PoorPicture {
  readonly place: number
  readonly finding: 'blank' | 'dark' | 'blurred' | 'tiny'
  /** How poor, 0..1. */
  readonly score: number
  readonly suggestion: string
}

/** Levels of 0..255: a plain colour that was saved as JPEG spreads less. */
const blankSpread = 2
/** The mean level below which a picture is very dark, and that below which its brightest cell must be. */
const dark = { mean: 24, brightest: 64 } as const
/** Pixels of the shorter side. */
const tinySide = 24

/**
 * Finds poor pictures; each has one finding, the worst.
 *
 * Blurred means: far less fine detail for its contrast than the data set's other pictures have, at the size that the
 * network sees. So in a data set of small or soft pictures, not all are called blurred.
 *
 * @param shortSides pixels of the shorter side by place; null where unknown
 */
export function poorPictures(looks: Looks, shortSides: readonly (number | null)[]): PoorPicture[] {
  const places = Array.from({ length: looks.count }, (_, place) => place)
  const sharpness = robustScores(places.map(place => Math.log(sharpnessAt(looks, place))))
  return places.flatMap(place => {
    const poor =
      blank(looks, place) ??
      veryDark(looks, place) ??
      tiny(shortSides[place] ?? null) ??
      blurred(sharpness[place]!)
    return poor === null ? [] : [{ place, ...poor }]
  })
}

type Poor = Omit<PoorPicture, 'place'> | null

function blank(looks: Looks, place: number): Poor {
  const spread = looks.spread(place)
  if (spread >= blankSpread) return null
  return { finding: 'blank', score: 1 - spread / blankSpread, suggestion: 'it shows one plain colour' }
}

function veryDark(looks: Looks, place: number): Poor {
  const cells = looks.luminance(place)
  const mean = cells.reduce((sum, level) => sum + level, 0) / cells.length
  if (mean >= dark.mean || Math.max(...cells) >= dark.brightest) return null
  const suggestion = `its mean level is ${formatCount(mean)} of 255`
  return { finding: 'dark', score: 1 - mean / dark.mean, suggestion }
}

function tiny(side: number | null): Poor {
  if (side === null || side >= tinySide) return null
  return { finding: 'tiny', score: 1 - side / tinySide, suggestion: `its shorter side has ${side} pixels` }
}

function blurred(deviations: number): Poor {
  if (deviations > -unusual) return null
  const suggestion = 'it has far less detail than the others: out of focus, or enlarged'
  return { finding: 'blurred', score: 1 - unusual / (unusual - deviations), suggestion }
}

/** The Laplacian for one level of contrast: a measure of focus that does not depend on the light. */
function sharpnessAt(looks: Looks, place: number): number {
  return Math.max(1e-6, looks.detail(place)) / Math.max(blankSpread, looks.spread(place))
}
