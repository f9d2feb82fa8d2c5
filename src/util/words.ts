/** How counts and names are written in messages, so that any name, however odd, stays on one line. */
import { formatCount } from './format.ts'

/** A name in double quotes, with control characters escaped as JSON writes them. */
export function quoted(name: string): string {
  return `"${name.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, escaped)}"`
}

/** The first few names in quotes, then how many more there are. */
export function listed(names: readonly string[], limit = 3): string {
  const shown = names.slice(0, limit).map(quoted)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${formatCount(more)} more`
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** A count with its noun: `1 image`, `17,500 images`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1)
  if (short !== character) return short
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
