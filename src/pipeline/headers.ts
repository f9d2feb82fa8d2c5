/** The few facts of JPEG and PNG headers that decide which decoder a small picture gets. */
import { crc32 } from '../util/crc32.ts'

/** A picture's size, and whether a plain decoder gives its final pixels: no rotation, no colour profile, no oddities. */
export interface Header {
  readonly width: number
  readonly height: number
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

/** Chunks that change the pixels or their meaning in a way that only the full decoder follows. */
const unusualChunks = new Set(['acTL', 'cICP', 'eXIf', 'iCCP', 'mDCV', 'cLLI'])

/**
 * Reads a PNG's IHDR and walks over its chunks (PNG third edition, 5.3 and 11.2.1).
 *
 * Plain means: at most 8 bits a sample, not interlaced, every chunk whole with its right checksum up to IEND, and
 * no profile, rotation or animation.
 *
 * @returns null when there is no IHDR
 */
export function pngHeader(bytes: Uint8Array): Header | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 33 || !startsWith(bytes.subarray(12), 'IHDR')) return null
  const [bitDepth, , , , interlace] = bytes.subarray(24, 29)
  const plain = bitDepth! <= 8 && interlace === 0 && chunksArePlain(bytes, view)
  return { width: view.getUint32(16), height: view.getUint32(20), plain }
}

/** A chunk is its length, its kind, that many bytes, and the CRC-32 of kind and bytes. */
function chunksArePlain(bytes: Uint8Array, view: DataView): boolean {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at)
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) return false
    const kind = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1')
    if (kind === 'IEND') return true
    if (unusualChunks.has(kind) || (kind === 'PLTE' && end === at + 8)) return false
    at = end + 4
  }
  return false
}

function startsWith(bytes: Uint8Array, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[i] !== word.charCodeAt(i)) return false
  return true
}
