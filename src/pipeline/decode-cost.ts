/** What decoding a picture would take, judged by its header: how far to shrink it on the way, and what to refuse. */
import type { DecodeLimits } from './types.ts'

/** What sharp says of a picture before it decodes it. */
export interface Header {
  readonly width: number
  readonly height: number
  readonly format?: string | undefined
  readonly isProgressive?: boolean | undefined
  /** Of Exif, 1 to 8. */
  readonly orientation?: number | undefined
  /** Of a sample, in libvips' words. */
  readonly depth?: string | undefined
  /** The colour space, in libvips' words: `labs` is CIELAB in 16 bits. */
  readonly space?: string | undefined
}

/**
 * A shrunken picture keeps three times the wanted side: after the last resize it then differs from the unshrunken
 * one by less than half a grey level of 255 on average.
 */
const keptSides = 3

/** The picture's size divided by 8, 4 or 2, which JPEG decoding gets almost for free, where enough remains. */
export function shrunkSize(
  size: { width: number; height: number },
  atLeast: number | null,
): [number, number] {
  const { width, height } = size
  const enough = atLeast === null ? Number.POSITIVE_INFINITY : atLeast * keptSides
  const divisor = [8, 4, 2].find(by => Math.min(width, height) / by >= enough) ?? 1
  return [Math.ceil(width / divisor), Math.ceil(height / divisor)]
}

/** Measurements, as some TIFFs have them, have no white: whatever was taken for it would make another picture. */
export function checkDepth({ depth = 'uchar', space }: Header): void {
  if (depth === 'uchar' || depth === 'ushort' || space === 'labs') return
  throw new Error(`its samples are ${depths[depth] ?? depth}; wanted 8 or 16 bits without sign`)
}

const depths: Readonly<Record<string, string>> = {
  char: '8 bits with a sign',
  short: '16 bits with a sign',
  uint: '32 bits',
  int: '32 bits with a sign',
  float: 'fractions',
  double: 'fractions',
  complex: 'complex numbers',
  dpcomplex: 'complex numbers',
}

/** Refuses a picture that would take too much, before any of it is decoded. */
export function checkCost(
  { width, height, ...header }: Header,
  outputPixels: number,
  limits: DecodeLimits,
): void {
  const pixels = width * height
  if (pixels > limits.pixels) {
    throw new Error(`${width} x ${height} pixels are more than ${limits.pixels}`)
  }
  const memory = pixels * heldBytesPerPixel(header) + outputPixels * 7
  if (memory > limits.memory) {
    throw new Error(`${width} x ${height} pixels take ${Math.round(memory / 1e6)} MB of memory`)
  }
}

/**
 * Bytes a pixel that the format's decoder keeps for the whole picture; those that stream rows keep none. Rounded up
 * from what decoding pictures of 98 megapixels took: AVIF 1.8 GB, progressive JPEG 0.8, GIF 0.5, WebP up to 0.8.
 */
function heldBytesPerPixel({ format, isProgressive, orientation = 1 }: Partial<Header>): number {
  const turned = orientation > 1 ? 4 : 0
  if (format === 'jpeg') return (isProgressive ? 6 : 0) + turned
  if (format === 'png') return (isProgressive ? 8 : 0) + turned
  if (format === 'tiff') return 4 + turned
  if (format === 'heif') return 18
  return 8 + turned
}
