/** The few facts of a JPEG header that decide which decoder a small picture gets. */

/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A picture's size, and whether a plain decoder gives its final pixels: no rotation, no colour profile, no oddities. */
export interface Header extends Size {
  readonly plain: boolean
}

/**
 * Reads a JPEG up to its first scan (ITU T.81, B.1.1).
 *
 * Plain means: baseline (SOF0), 8 bits, gray or three components in one scan, no ICC profile, and no Exif orientation
 * other than upright.
 *
 * @returns null when the markers do not follow the standard
 */
export function jpegHeader(bytes: Uint8Array): Header | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let frame: { width: number; height: number; components: number; baseline: boolean } | null = null
  let plain = true
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    const length = view.getUint16(at + 2)
    if (length < 2 || at + 2 + length > bytes.length) return null
    const segment = bytes.subarray(at + 4, at + 2 + length)
    if (marker === 0xda) {
      if (frame === null) return null
      const { width, height, components, baseline } = frame
      return { width, height, plain: plain && baseline && segment[0] === components }
    }
    if (isFrame(marker)) frame = readFrame(marker, segment)
    if (marker === 0xe1 && rotates(segment)) plain = false
    if (marker === 0xe2 && startsWith(segment, 'ICC_PROFILE')) plain = false
    at += 2 + length
  }
  return null
}

/** SOF0 to SOF15, less the three codes in between that mean tables (T.81 table B.1). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function readFrame(
  marker: number,
  segment: Uint8Array,
): { width: number; height: number; components: number; baseline: boolean } {
  const [precision = 0, y1 = 0, y0 = 0, x1 = 0, x0 = 0, components = 0] = segment
  const baseline = marker === 0xc0 && precision === 8 && (components === 1 || components === 3)
  return { width: x1 * 256 + x0, height: y1 * 256 + y0, components, baseline }
}

/** Whether Exif data holds an orientation tag (0x0112, a SHORT) that is not 1, in either byte order (Exif 2.32, 4.6.4). */
function rotates(segment: Uint8Array): boolean {
  if (!startsWith(segment, 'Exif')) return false
  for (let i = 6; i + 10 <= segment.length; i++) {
    const little =
      segment[i] === 0x12 && segment[i + 1] === 0x01 && segment[i + 2] === 3 && segment[i + 3] === 0
    if (little && segment[i + 8] !== 1) return true
    const big = segment[i] === 0x01 && segment[i + 1] === 0x12 && segment[i + 2] === 0 && segment[i + 3] === 3
    if (big && segment[i + 9] !== 1) return true
  }
  return false
}

/** Whether bytes begin with an ASCII word. */
export function startsWith(bytes: Uint8Array, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[i] !== word.charCodeAt(i)) return false
  return true
}
