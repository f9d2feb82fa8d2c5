/** Command lines of ours for the user to copy. */
import { shellLine } from '../util/shell.ts'
import type { Environment } from './terminal/stream.ts'

/** A line that runs `graft`, through npx for who came through npm: there it may be on no path. */
export function graftLine(words: readonly string[], environment: Environment): string {
  const program = environment['npm_command'] === undefined ? ['graft'] : ['npx', 'graft']
  return shellLine([...program, ...words])
}
