/** Markdown from names and numbers that may hold anything. */

/** The text as it is: on one line, no character of it taken for Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|~&$]|^[-+]/g, '\\$&')
}

/** A code span, also of text that holds backticks (CommonMark 6.1). */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  const runs = line.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(run => run.length)) + 1)
  return runs.length === 0 ? fence + line + fence : `${fence} ${line} ${fence}`
}

/** A fenced block of a program's text. */
export function codeBlock(language: string, lines: readonly string[]): string {
  return [`\`\`\`${language}`, ...lines, '```'].join('\n')
}

/**
 * A table (GitHub Flavored Markdown), its columns padded so that the source reads well too.
 *
 * @param header first column left-aligned, the others right
 * @param rows cells that are Markdown already
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, i) => Math.max(3, ...[header, ...rows].map(row => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}
