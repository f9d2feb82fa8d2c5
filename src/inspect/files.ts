/** What the files themselves say: their format by content, and the size of the picture. */
import { extensionOf } from '../dataset/kinds.ts'
import { readSource } from '../dataset/source.ts'
import type { Source } from '../dataset/types.ts'
import { imageSize } from '../pipeline/decode-sharp.ts'
import { jpegHeader } from '../pipeline/jpeg-header.ts'
import { pngHeader } from '../pipeline/png-header.ts'
import { type ImageFormat, sniff } from '../pipeline/sniff.ts'

/** Of a file that is an image of a format that is read. */
export interface FileFacts {
  readonly format: ImageFormat
  /** Pixels of the shorter side; null where the header does not tell. */
  readonly shortSide: number | null
}

/** Files that are read at once. */
const width = 8

/**
 * The facts of each source, in order; null where it cannot be read or is no image.
 *
 * @param onProgress told how many are done
 * @throws the signal's reason, when it is aborted
 */
export async function fileFacts(
  sources: readonly Source[],
  signal: AbortSignal,
  onProgress: (done: number) => void = () => {},
): Promise<(FileFacts | null)[]> {
  const facts: (FileFacts | null)[] = sources.map(() => null)
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < sources.length; at = next++) {
      signal.throwIfAborted()
      facts[at] = await factsOf(sources[at]!).catch(() => null)
      onProgress(++done)
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return facts
}

async function factsOf(source: Source): Promise<FileFacts | null> {
  const bytes = await readSource(source)
  const content = sniff(bytes)
  return content.type === 'image'
    ? { format: content.format, shortSide: await shortSide(bytes, content.format) }
    : null
}

/** The headers of JPEG and PNG are read here, which takes a hundredth of the time. */
async function shortSide(bytes: Uint8Array, format: ImageFormat): Promise<number | null> {
  const header = format === 'JPEG' ? jpegHeader(bytes) : format === 'PNG' ? pngHeader(bytes) : null
  const size = header ?? (await imageSize(bytes).catch(() => null))
  return size === null ? null : Math.min(size.width, size.height)
}

/** The extensions that people give to each format. */
const extensions: Readonly<Record<ImageFormat, readonly string[]>> = {
  JPEG: ['jpg', 'jpeg', 'jpe', 'jfif', 'pjpeg'],
  PNG: ['png', 'apng'],
  GIF: ['gif'],
  WebP: ['webp'],
  AVIF: ['avif', 'heif', 'heic'],
  TIFF: ['tif', 'tiff'],
}

/** Whether a name says another format than the content has; a name without extension says none. */
export function isMisnamed(source: Source, format: ImageFormat): boolean {
  const extension = extensionOf(source.type === 'file' ? source.path : source.entry)
  return extension !== '' && !extensions[format].includes(extension)
}
