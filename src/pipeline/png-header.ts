/** The few facts of a PNG header that decide which decoder a small picture gets. */
import { crc32 } from '../util/crc32.ts'
import { type Header, type Size, startsWith } from './jpeg-header.ts'

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
  const size = pngSize(bytes)
  if (size === null) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [bitDepth, , , , interlace] = bytes.subarray(24, 29)
  const plain = bitDepth! <= 8 && interlace === 0 && chunksArePlain(bytes, view)
  return { ...size, plain }
}

/** The size that a PNG's IHDR declares; null when there is none. */
export function pngSize(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 33 || !startsWith(bytes.subarray(12), 'IHDR')) return null
  return { width: view.getUint32(16), height: view.getUint32(20) }
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
