/** What options take, read from their text. */
import { closest } from '../util/closest.ts'
import { UserError } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import type { OptionSpec } from './command.ts'

/** The option's name, such as `--batch-size`. */
export function flagOf({ flags }: Pick<OptionSpec, 'flags'>): string {
  return flags.split(/[ ,]/)[0]!
}

/** @throws UserError `usage` that names the option, what was wanted and what was received */
export function optionValue(option: OptionSpec, text: string): unknown {
  const { choices, type } = option
  if (choices !== undefined) return choiceOf(option, choices, text)
  switch (type) {
    case undefined:
      if (text === '') throw refusal(option, 'a value', text)
      return text
    case 'integer':
      return numberOf(option, text, 'a whole number', Number.isInteger)
    case 'count':
      return numberOf(option, text, 'a whole number from 1 on', value => Number.isInteger(value) && value > 0)
    case 'number':
      return numberOf(option, text, 'a number', Number.isFinite)
    case 'epochs':
      return text.includes(',')
        ? text.split(',').map(part => numberOf(option, part, 'whole numbers such as 30,30', Number.isInteger))
        : numberOf(option, text, 'a whole number, or two such as 30,30', Number.isInteger)
    case 'class-weights':
      return text === 'none' || text === 'balanced' ? text : weightsOf(option, text)
    default:
      return type satisfies never
  }
}

function choiceOf(option: OptionSpec, choices: readonly string[], text: string): string {
  if (choices.includes(text)) return text
  const near = closest(text, choices)
  throw refusal(option, choices.join(', ').replace(/, ([^,]*)$/, ' or $1'), text, near)
}

function numberOf(
  option: OptionSpec,
  text: string,
  wanted: string,
  isFine: (value: number) => boolean,
): number {
  // Number() would read the empty text as 0 and 0x10 as 16.
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN
  if (isFine(value)) return value
  throw refusal(option, wanted, text)
}

function weightsOf(option: OptionSpec, text: string): Record<string, number> {
  const entries = text.split(',').map((part): [string, number] => {
    const at = part.lastIndexOf('=')
    if (at < 1) throw refusal(option, 'none, balanced, or weights such as cat=1,dog=2', text)
    const weight = numberOf(option, part.slice(at + 1), 'a number after each =', Number.isFinite)
    return [part.slice(0, at).trim(), weight]
  })
  return Object.fromEntries(entries)
}

function refusal(option: OptionSpec, wanted: string, text: string, near?: string): UserError {
  const message = `The option "${flagOf(option)}" takes ${wanted}. Received: ${quoted(text)}`
  return new UserError('usage', message, near === undefined ? {} : { hint: `did you mean "${near}"?` })
}
