/** Class names that may not be meant. */
import { listed, quoted } from '../util/words.ts'

/** What programs write where a value is missing; `none` and `na` may well be classes, so that it is only said. */
const missing = /^(nan|null|none|n\/?a|<na>|#n\/a|nil|undefined|\?)$/i

/** One sentence for each kind of oddity. */
export function oddNames(classNames: readonly string[]): string[] {
  return [...likeNames(classNames), ...missingNames(classNames), ...quotedNames(classNames)]
}

function likeNames(classNames: readonly string[]): string[] {
  const alike = new Map<string, string[]>()
  for (const name of classNames) {
    const key = name.toLowerCase()
    alike.set(key, [...(alike.get(key) ?? []), name])
  }
  return [...alike.values()]
    .filter(names => names.length > 1)
    .slice(0, 5)
    .map(names => `The classes ${listed(names)} differ only by case`)
}

function missingNames(classNames: readonly string[]): string[] {
  const names = classNames.filter(name => missing.test(name))
  if (names.length === 0) return []
  const [noun, verb] = names.length === 1 ? ['class', 'reads'] : ['classes', 'read']
  return [`The ${noun} ${listed(names)} ${verb} like a missing label: where it is, leave the cell empty`]
}

/** A quote counts as one only where the cell begins with it (RFC 4180). */
function quotedNames(classNames: readonly string[]): string[] {
  const first = classNames.find(name => name.length > 1 && name.startsWith(`"`) && name.endsWith(`"`))
  return first === undefined
    ? []
    : [`The class ${quoted(first)} has its quotes in its name: in a table, no space may stand before a quote`]
}
