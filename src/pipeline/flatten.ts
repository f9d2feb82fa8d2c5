/** Any arrangement of 8-bit channels -> RGB, transparency laid over a colour. */
import type { Colour, Image } from './types.ts'

/** A picture as decoders give it: uint8 HWC, 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA channels, not premultiplied. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array | Uint8ClampedArray
}

/** Flattens a bitmap on a background, rounding to nearest. */
export function flatten({ width, height, channels, data }: Bitmap, background: Colour): Image {
  if (channels === 3)
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) }
  const rgb = new Uint8Array(width * height * 3)
  const hasAlpha = channels % 2 === 0
  const [green, blue] = channels > 2 ? [1, 2] : [0, 0]
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    const alpha = hasAlpha ? data[from + channels - 1]! : 255
    rgb[to] = blend(data[from]!, background[0], alpha)
    rgb[to + 1] = blend(data[from + green!]!, background[1], alpha)
    rgb[to + 2] = blend(data[from + blue!]!, background[2], alpha)
  }
  return { width, height, data: rgb }
}

function blend(above: number, below: number, alpha: number): number {
  return alpha === 255 ? above : ((above * alpha + below * (255 - alpha) + 127) / 255) | 0
}
