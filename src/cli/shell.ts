/** Command lines for the user to copy. */
import type { Environment } from './terminal/stream.ts'

/** Words as a POSIX shell takes them back: in single quotes where they hold more than plain letters. */
export function shellLine(words: readonly string[]): string {
  return words
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

/** A line that runs `graft`, through npx for who came through npm: there it may be on no path. */
export function graftLine(words: readonly string[], environment: Environment): string {
  const program = environment['npm_command'] === undefined ? ['graft'] : ['npx', 'graft']
  return shellLine([...program, ...words])
}
