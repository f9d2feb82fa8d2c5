/**
 * Near duplicates: pictures that are one another resized, encoded anew or flipped.
 *
 * A perceptual hash as in Zauner 2010, but of real numbers and blind to flips. Flipping a picture changes the signs of
 * its cosine coefficients and nothing else, so the vectors of their absolute values are never farther apart than the
 * pictures are, whichever way either is flipped. What is near in them is then compared as pictures, in every flip.
 */
import { cosineTransform } from './cosine.ts'
import { type Looks, lookSide } from './look.ts'

/** Two pictures that look the same. */
export interface Pair {
  /** Places, the lower first. */
  readonly a: number
  readonly b: number
  /** Correlation of the pictures at 8x8 cells, the best of all flips: -1..1. */
  readonly similarity: number
}

/** Cells along a side of the coarse picture. */
const side = 8
const cells = side ** 2
/** The least correlation at 8x8 and at 16x16: what half the size, or a low quality, leaves of a thumbnail of 32 pixels. */
const least = { coarse: 0.96, fine: 0.86 } as const
/** The squared distance of normalised vectors whose correlation is the least. */
const farthest = 2 - 2 * least.coarse
/** Mean levels of red, green and blue, 0..255, may differ by this much. */
const colourSlack = 6
/** Pictures with less contrast than this, in levels, have nothing to be told by. */
const leastSpread = 2
const flips = 4

/**
 * Finds all pairs among some places.
 *
 * Time grows with the number of pairs of about the same brightness: 17,500 pictures take some seconds.
 */
export function nearDuplicates(looks: Looks, places: readonly number[]): Pair[] {
  const signatures = places
    .map(place => signatureOf(looks, place))
    .filter(signature => signature !== null)
    .sort((a, b) => a.brightness - b.brightness || a.place - b.place)
  const spectra = new Float32Array(signatures.length * cells)
  for (const [at, { spectrum }] of signatures.entries()) spectra.set(spectrum, at * cells)
  const pairs: Pair[] = []
  let end = 0
  for (const [at, first] of signatures.entries()) {
    while (end < signatures.length && signatures[end]!.brightness - first.brightness <= colourSlack) end++
    for (
      let next = nextNear(spectra, at, at + 1, end);
      next < end;
      next = nextNear(spectra, at, next + 1, end)
    ) {
      const second = signatures[next]!
      if (!hasColourOf(first, second)) continue
      const similarity = similarityOf(first, second)
      if (similarity === null) continue
      const [a, b] = [first.place, second.place].sort((x, y) => x - y)
      pairs.push({ a: a!, b: b!, similarity })
    }
  }
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b)
}

interface Signature {
  readonly place: number
  readonly brightness: number
  readonly colour: Float32Array
  /** Normalised to mean 0 and length 1: [8, 8]. */
  readonly coarse: Float32Array
  /** The same of 16x16. */
  readonly fine: Float32Array
  /** Absolute cosine coefficients of `coarse`, low frequencies first. */
  readonly spectrum: Float32Array
}

function signatureOf(looks: Looks, place: number): Signature | null {
  const luminance = looks.luminance(place)
  const brightness = luminance.reduce((sum, level) => sum + level, 0) / luminance.length
  const fine = normalised(luminance)
  const coarse = normalised(halved(luminance))
  if (fine === null || coarse === null) return null
  const spectrum = inOrder(cosineTransform(coarse, side)).map(Math.abs)
  return { place, brightness, colour: looks.colour(place), coarse, fine, spectrum }
}

/** [16, 16] -> [8, 8] */
function halved(luminance: Float32Array): Float32Array {
  return Float32Array.from({ length: cells }, (_, cell) => {
    const at = Math.floor(cell / side) * 2 * lookSide + (cell % side) * 2
    return (
      (luminance[at]! + luminance[at + 1]! + luminance[at + lookSide]! + luminance[at + lookSide + 1]!) / 4
    )
  })
}

/** Null for a picture without contrast. */
function normalised(values: Float32Array): Float32Array | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const centred = values.map(value => value - mean)
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0))
  return length < leastSpread * Math.sqrt(values.length) ? null : centred.map(value => value / length)
}

/** The coefficients' places, low frequencies first: these differ most, so that most pairs are done after a few. */
const order: readonly number[] = Array.from({ length: cells }, (_, at) => at).sort(
  (a, b) => frequency(a) - frequency(b) || a - b,
)

function frequency(at: number): number {
  return Math.floor(at / side) + (at % side)
}

function inOrder(coefficients: Float32Array): Float32Array {
  return Float32Array.from(order, at => coefficients[at]!)
}

/**
 * The first from `from` on whose spectrum is near that at `at`; `end` when there is none.
 *
 * @param spectra float32 [N, 64], side by side: nearly all of the time goes here
 */
function nextNear(spectra: Float32Array, at: number, from: number, end: number): number {
  for (let next = from; next < end; next++) {
    let distance = 0
    for (let i = at * cells, j = next * cells, stop = i + cells; i < stop && distance <= farthest; i++, j++) {
      const difference = spectra[i]! - spectra[j]!
      distance += difference * difference
    }
    if (distance <= farthest) return next
  }
  return end
}

function hasColourOf(a: Signature, b: Signature): boolean {
  return a.colour.every((level, channel) => Math.abs(level - b.colour[channel]!) <= colourSlack)
}

/** The best correlation at 8x8 among the flips that are near enough at both scales; null when there is none. */
function similarityOf(a: Signature, b: Signature): number | null {
  let best: number | null = null
  for (let flip = 0; flip < flips; flip++) {
    const coarse = correlation(a.coarse, b.coarse, side, flip)
    if (coarse < Math.max(least.coarse, best ?? -1)) continue
    if (correlation(a.fine, b.fine, lookSide, flip) >= least.fine) best = coarse
  }
  return best
}

/** Of normalised square pictures, the second one mirrored (flip 1), upside down (flip 2) or both (flip 3). */
function correlation(a: Float32Array, b: Float32Array, width: number, flip: number): number {
  let sum = 0
  for (let y = 0; y < width; y++) {
    const row = (flip & 2 ? width - 1 - y : y) * width
    for (let x = 0; x < width; x++) sum += a[y * width + x]! * b[row + (flip & 1 ? width - 1 - x : x)]!
  }
  return sum
}
