/** What a file is likely to be, judged by its path alone; decoding judges by content. */

export type Kind = 'image' | 'manifest' | 'archive' | 'hidden' | 'other'

/**
 * Extensions that mean a picture to the user. Some name formats that cannot be decoded (HEIC, JPEG XL): such files are
 * listed all the same, so that they are reported as unreadable and not silently left out.
 */
const imageExtensions: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif pjpeg png apng webp gif avif tif tiff bmp dib heic heif jxl jp2 ppm pgm pbm pnm'.split(
    ' ',
  ),
)
const manifestExtensions: ReadonlySet<string> = new Set(['csv', 'tsv', 'jsonl', 'ndjson'])
/** JSON is written for many ends; these names say what for. */
const jsonManifest = /^(labels|annotations|train)\.json$/
const archiveExtensions: ReadonlySet<string> = new Set(['zip', 'tm'])

/** Left behind by macOS, Windows and Synology; anything that starts with a dot is hidden too. */
const systemNames: ReadonlySet<string> = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  '@eadir',
  '$recycle.bin',
  'system volume information',
])
/** Names without an extension that are never pictures. */
const documentNames: ReadonlySet<string> = new Set(
  'readme license licence copyright copying notice authors changelog citation version makefile'.split(' '),
)

/** @param path any path with `/` between folders */
export function kindOf(path: string): Kind {
  if (path.split('/').some(isHidden)) return 'hidden'
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const extension = extensionOf(name)
  if (extension === '') return documentNames.has(name) ? 'other' : 'image'
  if (imageExtensions.has(extension)) return 'image'
  if (manifestExtensions.has(extension) || jsonManifest.test(name)) return 'manifest'
  return archiveExtensions.has(extension) ? 'archive' : 'other'
}

/** True for one file or folder name that starts with a dot or that an operating system leaves behind. */
export function isHidden(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || systemNames.has(name.toLowerCase())
}

/**
 * The extension in lower case, without its dot; empty where there is none.
 *
 * A number is no extension: `cat.0` is a name.
 */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
  return /^\d*$/.test(extension) ? '' : extension
}

/** The path without an image's extension; other dots belong to the name. */
export function withoutImageExtension(path: string): string {
  const extension = extensionOf(path)
  return imageExtensions.has(extension) ? path.slice(0, -extension.length - 1) : path
}

/** The file's name without folders and without its extension. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = extensionOf(name)
  return extension === '' ? name : name.slice(0, -extension.length - 1)
}
