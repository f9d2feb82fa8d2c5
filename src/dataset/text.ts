/** Text of unknown encoding: UTF-8 or UTF-16 with or without its mark, else Windows-1252, as spreadsheets write it. */

/** What Windows-1252 has at 0x80..0x9f, where ISO 8859-1 has control characters (WHATWG Encoding, index-windows-1252). */
const upperControls = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/**
 * Decodes a text file. A byte order mark is removed; bytes that are not UTF-8 are read as Windows-1252.
 *
 * @returns undefined when the bytes are no text: they hold a NUL
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes)
  return text.includes('\0') ? undefined : text
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Not TextDecoder('windows-1252'): Node 20 decodes that as ISO 8859-1.
    const latin = Buffer.from(bytes).toString('latin1')
    return latin.replace(/[\u0080-\u009f]/g, character => upperControls[character.charCodeAt(0) - 0x80]!)
  }
}
