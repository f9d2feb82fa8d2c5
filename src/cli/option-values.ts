/** What options take, read from their text. */
import { UserError } from '../util/errors.ts'
import type { OptionSpec } from './command.ts'

/** @throws UserError `usage` that names the option, what was wanted and what was received */
export function optionValue({ flags, type }: OptionSpec, text: string): unknown {
  const name = flags.split(/[ ,]/)[0]!
  switch (type) {
    case undefined:
      return text
    case 'integer':
      return numberOf(name, text, 'a whole number', Number.isInteger)
    case 'number':
      return numberOf(name, text, 'a number', Number.isFinite)
    case 'epochs':
      return text.includes(',')
        ? text.split(',').map(part => numberOf(name, part, 'whole numbers such as 30,30', Number.isInteger))
        : numberOf(name, text, 'a whole number, or two such as 30,30', Number.isInteger)
    case 'class-weights':
      return text === 'none' || text === 'balanced' ? text : weightsOf(name, text)
    default:
      return type satisfies never
  }
}

function numberOf(name: string, text: string, wanted: string, isFine: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (isFine(value)) return value
  throw new UserError('usage', `The option ${name} takes ${wanted}. Received: "${text}"`)
}

function weightsOf(name: string, text: string): Record<string, number> {
  const entries = text.split(',').map((part): [string, number] => {
    const at = part.lastIndexOf('=')
    if (at < 1) {
      throw new UserError(
        'usage',
        `The option ${name} takes none, balanced, or weights such as cat=1,dog=2. Received: "${text}"`,
      )
    }
    return [
      part.slice(0, at).trim(),
      numberOf(name, part.slice(at + 1), 'a number after each =', Number.isFinite),
    ]
  })
  return Object.fromEntries(entries)
}
