/** One bilinear resampling of a square picture along an affine map. */
import { type Affine, identity } from './affine.ts'

/** Coordinates have this many bits after the point, of which bilinear mixing uses the upper eight. */
const fractionBits = 16
const one = 1 << fractionBits

/**
 * Warps `[size, size, 3]` uint8 pixels; what lies outside is the picture mirrored at its border.
 *
 * Flips and quarter turns come out exactly, as they meet pixel centres.
 *
 * @param map from the result to the picture
 * @param to another array than `from`
 */
export function warp(from: Uint8Array, size: number, map: Affine, to: Uint8Array): void {
  if (map.every((value, i) => value === identity[i])) {
    to.set(from)
    return
  }
  const [a, b, c, d, e, f] = map
  const middle = (size - 1) / 2
  const fixed = (value: number): number => Math.round(value * one)
  const stepX = fixed(a)
  const stepY = fixed(d)
  for (let y = 0, at = 0; y < size; y++) {
    const v = y - middle
    let sourceX = fixed(-a * middle + b * v + c * size + middle)
    let sourceY = fixed(-d * middle + e * v + f * size + middle)
    for (let x = 0; x < size; x++, at += 3, sourceX += stepX, sourceY += stepY) {
      mixFour(from, size, sourceX, sourceY, to, at)
    }
  }
}

/** Writes the pixel that is the mean of four neighbours, weighted by their nearness to a point. */
function mixFour(from: Uint8Array, size: number, x: number, y: number, to: Uint8Array, at: number): void {
  const left = mirrored(x >> fractionBits, size) * 3
  const right = mirrored((x >> fractionBits) + 1, size) * 3
  const upper = mirrored(y >> fractionBits, size) * size * 3
  const lower = mirrored((y >> fractionBits) + 1, size) * size * 3
  const fromLeft = (x >> 8) & 255
  const fromTop = (y >> 8) & 255
  const w11 = fromLeft * fromTop
  const w01 = (fromLeft << 8) - w11
  const w10 = (fromTop << 8) - w11
  const w00 = 65536 - w11 - w01 - w10
  const mix = (channel: number): number => {
    const above = from[upper + left + channel]! * w00 + from[upper + right + channel]! * w01
    const below = from[lower + left + channel]! * w10 + from[lower + right + channel]! * w11
    return (above + below + 32768) >> 16
  }
  to[at] = mix(0)
  to[at + 1] = mix(1)
  to[at + 2] = mix(2)
}

/** The index inside 0..size-1 that lies where `index` does when the picture is mirrored at its edges again and again. */
function mirrored(index: number, size: number): number {
  if (index >= 0 && index < size) return index
  const period = 2 * size
  const within = ((index % period) + period) % period
  return within < size ? within : period - 1 - within
}
