/** Random brightness, contrast and saturation as one affine map of RGB. */
import type { Random } from '../util/random.ts'
import type { Augmentation } from './augmentation.ts'

/** Shares of red, green and blue in a pixel's grey (ITU-R BT.601-7, 2.5.1). */
const grey = [0.299, 0.587, 0.114] as const

/** The factors by which colours change; 1 changes nothing. */
export interface ColourFactors {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/** Draws the factors, each uniform around 1; a change of strength 0 draws nothing. */
export function drawColours(augmentation: Augmentation, random: Random): ColourFactors {
  const around = (largest: number): number => (largest > 0 ? 1 + largest * (2 * random.next() - 1) : 1)
  const { brightness, contrast, saturation } = augmentation
  return { brightness: around(brightness), contrast: around(contrast), saturation: around(saturation) }
}

/**
 * Changes RGB pixels in place: multiplied by brightness, then spread from the picture's mean grey by contrast, then
 * from each pixel's own grey by saturation (as Pillow's ImageEnhance, but clipped to 0..255 once, at the end).
 */
export function changeColours(pixels: Uint8Array, { brightness, contrast, saturation }: ColourFactors): void {
  if (brightness === 1 && contrast === 1 && saturation === 1) return
  const shift = contrast === 1 ? 0 : (1 - contrast) * brightness * meanGrey(pixels)
  const own = brightness * contrast * saturation
  const shared = brightness * contrast * (1 - saturation)
  for (let i = 0; i < pixels.length; i += 3) {
    const red = pixels[i]!
    const green = pixels[i + 1]!
    const blue = pixels[i + 2]!
    const base = shared * (grey[0] * red + grey[1] * green + grey[2] * blue) + shift
    pixels[i] = level(own * red + base)
    pixels[i + 1] = level(own * green + base)
    pixels[i + 2] = level(own * blue + base)
  }
}

function meanGrey(pixels: Uint8Array): number {
  let red = 0
  let green = 0
  let blue = 0
  for (let i = 0; i < pixels.length; i += 3) {
    red += pixels[i]!
    green += pixels[i + 1]!
    blue += pixels[i + 2]!
  }
  return (grey[0] * red + grey[1] * green + grey[2] * blue) / (pixels.length / 3)
}

/** Rounded to nearest and clipped to 0..255. */
function level(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0
}
