/** What a file holds, from its first bytes; names and extensions are not trusted. */

/** The image formats that are read. */
export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'AVIF' | 'TIFF'

/** What the first bytes say: a format that is read, or in a few words what else this is and what to do about it. */
export type Content =
  | { readonly type: 'image'; readonly format: ImageFormat }
  | { readonly type: 'other'; readonly what: string; readonly hint: string }

/** A pattern of bytes, as Latin-1 text in which `?` stands for any byte. */
interface Signature {
  readonly pattern: string
  readonly at?: number
}

const images: readonly (Signature & { readonly format: ImageFormat })[] = [
  { format: 'JPEG', pattern: '\xff\xd8\xff' }, // ITU T.81 B.1.1.3
  { format: 'PNG', pattern: '\x89PNG\r\n\x1a\n' }, // PNG 5.2
  { format: 'GIF', pattern: 'GIF87a' }, // GIF89a 17
  { format: 'GIF', pattern: 'GIF89a' },
  { format: 'WebP', pattern: 'RIFF????WEBP' }, // RFC 9649 2.4
  { format: 'TIFF', pattern: 'II*\0' }, // TIFF 6.0 section 2
  { format: 'TIFF', pattern: 'MM\0*' },
  { format: 'TIFF', pattern: 'II+\0' }, // BigTIFF
  { format: 'TIFF', pattern: 'MM\0+' },
]

const convert = 'convert it to JPEG or PNG first'
const fetchAgain = 'this looks like a failed download: fetch the file again'
const remove = 'leave this file out'

const others: readonly (Signature & { readonly what: string; readonly hint: string })[] = [
  { pattern: 'BM????\0\0\0\0', what: 'a BMP image', hint: convert },
  { pattern: '\0\0\x01\0', what: 'a Windows icon', hint: convert },
  { pattern: '8BPS', what: 'a Photoshop document', hint: convert },
  { pattern: '\xff\x0a', what: 'a JPEG XL image', hint: convert },
  { pattern: '\0\0\0\x0cJXL ', what: 'a JPEG XL image', hint: convert },
  { pattern: '\0\0\0\x0cjP  ', what: 'a JPEG 2000 image', hint: convert },
  { pattern: '\xff\x4f\xff\x51', what: 'a JPEG 2000 image', hint: convert },
  { pattern: '%PDF', what: 'a PDF document', hint: convert },
  {
    pattern: 'PK\x03\x04',
    what: 'a zip archive',
    hint: 'unpack it first, or give the archive itself as the dataset',
  },
  { pattern: '\x1f\x8b', what: 'gzip data', hint: 'unpack it first' },
  { pattern: '\0\x05\x16\x07', what: 'a macOS resource file', hint: remove },
  {
    pattern: 'version https://git-lfs',
    what: 'a Git LFS pointer',
    hint: 'run "git lfs pull" in the data folder',
  },
]

/** Says what a file holds. */
export function sniff(bytes: Uint8Array): Content {
  if (bytes.length === 0) return { type: 'other', what: 'nothing', hint: fetchAgain }
  const image = images.find(signature => matches(bytes, signature))
  if (image !== undefined) return { type: 'image', format: image.format }
  if (matches(bytes, { pattern: 'ftyp', at: 4 })) return isoMedia(bytes)
  const other = others.find(signature => matches(bytes, signature))
  if (other !== undefined) return { type: 'other', what: other.what, hint: other.hint }
  return text(bytes) ?? { type: 'other', what: 'unknown data', hint: fetchAgain }
}

function matches(bytes: Uint8Array, { pattern, at = 0 }: Signature): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '?' && bytes[at + i] !== pattern.charCodeAt(i)) return false
  }
  return true
}

/** Tells AVIF from HEIC and video by the brands of an ISO base media file (ISO 14496-12, 4.3; AV1 Image File Format, 6). */
function isoMedia(bytes: Uint8Array): Content {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
  const brands = latin1(bytes.subarray(8, Math.min(length, 256)))
  if (/avif|avis/.test(brands)) return { type: 'image', format: 'AVIF' }
  if (/hei[cxms]|hev[cx]|mif1|msf1/.test(brands))
    return { type: 'other', what: 'a HEIC image', hint: convert }
  return { type: 'other', what: 'a video', hint: remove }
}

function text(bytes: Uint8Array): Content | undefined {
  const start = utf8(bytes.subarray(0, 512))?.trimStart()
  if (start === undefined || /[\0-\x08\x0e-\x1a\x7f]/.test(start)) return undefined
  if (/^<svg|^<\?xml[\s\S]*<svg/i.test(start)) return { type: 'other', what: 'an SVG drawing', hint: convert }
  if (/^<(!doctype )?html/i.test(start)) return { type: 'other', what: 'a web page', hint: fetchAgain }
  if (/^<\?xml|^</.test(start)) return { type: 'other', what: 'XML text', hint: fetchAgain }
  return { type: 'other', what: 'text', hint: remove }
}

/** The text without byte order mark; a character that is cut off at the end does not count against it. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
