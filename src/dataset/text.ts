/** Text of unknown encoding: UTF-8 or UTF-16 with or without its mark, else Windows-1252, as spreadsheets write it. */

/**
 * Decodes a text file. A byte order mark is removed; bytes that are not UTF-8 are read as Windows-1252.
 *
 * @returns undefined when the bytes are no text: they hold a NUL
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes)
  return text.includes('\0') ? undefined : text
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}
