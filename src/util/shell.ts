/** Command lines for the user to copy. */

/** Words as a POSIX shell takes them back: in single quotes where they hold more than plain letters. */
export function shellLine(words: readonly string[]): string {
  return words
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
