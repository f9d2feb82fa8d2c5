/** From colours as floats to a photograph's bytes: blur, cast, exposure, vignette, haze, noise. */
import type { Random } from '../../src/util/random.ts'
import type { Canvas } from './canvas.ts'
import { between, chance } from './chance.ts'

/** The photograph: uint8 RGB, 3 * side * side bytes, rows from top to bottom. */
export function expose({ colour, side, scale }: Canvas, random: Random): Uint8Array {
  const sigma = scale * (chance(random, 0.15) ? between(random, 0.5, 0.8) : between(random, 0.25, 0.45))
  const blurred = blur(colour, side, sigma)
  const gamma = between(random, 0.85, 1.25)
  const exposure = between(random, 0.88, 1.12)
  const gains = [1, 1, 1].map(() => exposure * between(random, 0.95, 1.05))
  const haze = between(random, 0, 0.1)
  const vignette = between(random, 0, 0.16)
  const grain = between(random, 0.002, 0.02)
  const bytes = new Uint8Array(blurred.length)
  for (let i = 0; i < bytes.length; i++) {
    const pixel = Math.floor(i / 3)
    const off = Math.hypot((pixel % side) / side - 0.5, Math.floor(pixel / side) / side - 0.5)
    const light = Math.max(0, blurred[i]! * gains[i % 3]! * (1 - vignette * 2 * off * off)) ** gamma
    const value = 0.75 * haze + (1 - haze) * light + grain * random.normal()
    bytes[i] = Math.min(255, Math.max(0, Math.round(255 * value)))
  }
  return bytes
}

/** Gaussian blur, first along rows and then along columns; the edge pixels repeat. */
function blur(colours: Float32Array, side: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma)
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const total = bell.reduce((sum, weight) => sum + weight, 0)
  const weights = bell.map(weight => weight / total)
  return blurAlong(blurAlong(colours, side, weights, 3), side, weights, 3 * side)
}

/** @param step from a value to the next one along the direction of the blur */
function blurAlong(
  source: Float32Array,
  side: number,
  weights: readonly number[],
  step: number,
): Float32Array {
  const reach = (weights.length - 1) / 2
  const blurred = new Float32Array(source.length)
  for (let i = 0; i < source.length; i++) {
    const place = Math.floor(i / step) % side
    for (let k = -reach; k <= reach; k++) {
      const at = Math.min(side - 1, Math.max(0, place + k))
      blurred[i]! += weights[k + reach]! * source[i + (at - place) * step]!
    }
  }
  return blurred
}
