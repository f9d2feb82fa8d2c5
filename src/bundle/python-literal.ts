/** Texts as Python writes them, for programs that read metadata with `ast.literal_eval`. */

/**
 * The class names as Ultralytics writes them into the metadata `names`: `str()` of a dict from index to name.
 *
 * @example pythonNames(['ant', "bee's"]) // {0: 'ant', 1: "bee's"}
 */
export function pythonNames(names: readonly string[]): string {
  return `{${names.map((name, index) => `${index}: ${pythonString(name)}`).join(', ')}}`
}

/** `repr()` of a str: single quotes unless only these occur in it, and escapes for what cannot be seen. */
export function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(/(?! )[\p{C}\p{Z}]/gu, escaped)
  return quote + inner + quote
}

const short: ReadonlyMap<string, string> = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

function escaped(character: string): string {
  const code = character.codePointAt(0)!
  const hex = (digits: number): string => code.toString(16).padStart(digits, '0')
  return (
    short.get(character) ?? (code < 256 ? `\\x${hex(2)}` : code < 65536 ? `\\u${hex(4)}` : `\\U${hex(8)}`)
  )
}
