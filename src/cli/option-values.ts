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
      return orRefuse(option, text, 'a whole number', numberOf(text, Number.isInteger))
    case 'count':
      return orRefuse(option, text, 'a whole number from 1 on', numberOf(text, isCount))
    case 'number':
      return orRefuse(option, text, 'a number', numberOf(text, Number.isFinite))
    case 'epochs':
      return orRefuse(option, text, 'a whole number, or two such as 30,30', epochsOf(text))
    case 'class-weights':
      return orRefuse(option, text, 'none, balanced, or weights such as cat=1,dog=2', weightsOf(text))
    default:
      return type satisfies never
  }
}

function choiceOf(option: OptionSpec, choices: readonly string[], text: string): string {
  if (choices.includes(text)) return text
  const near = closest(text, choices)
  throw refusal(option, choices.join(', ').replace(/, ([^,]*)$/, ' or $1'), text, near)
}

function orRefuse<Value>(option: OptionSpec, text: string, wanted: string, value: Value | undefined): Value {
  if (value === undefined) throw refusal(option, wanted, text)
  return value
}

const isCount = (value: number): boolean => Number.isInteger(value) && value > 0

/** Decimal digits only: Number() would read the empty text as 0 and 0x10 as 16. */
function numberOf(text: string, isFine: (value: number) => boolean): number | undefined {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN
  return isFine(value) ? value : undefined
}

function epochsOf(text: string): number | number[] | undefined {
  const epochs = text.split(',').map(part => numberOf(part, Number.isInteger))
  if (epochs.length > 2 || !epochs.every(value => value !== undefined)) return undefined
  return epochs.length === 1 ? epochs[0] : epochs
}

function weightsOf(text: string): string | Record<string, number> | undefined {
  if (text === 'none' || text === 'balanced') return text
  // Names may hold commas; one behind a weight ends the entry.
  const entries = text.split(/(?<==[^=,]*),/).map((part): [string, number | undefined] => {
    const at = part.lastIndexOf('=')
    return [part.slice(0, Math.max(0, at)).trim(), numberOf(part.slice(at + 1), Number.isFinite)]
  })
  const isComplete = (entry: [string, number | undefined]): entry is [string, number] =>
    entry[0] !== '' && entry[1] !== undefined
  return entries.every(isComplete) ? Object.fromEntries(entries) : undefined
}

function refusal(option: OptionSpec, wanted: string, text: string, near?: string): UserError {
  const message = `The option "${flagOf(option)}" takes ${wanted}. Received: ${quoted(text)}`
  return new UserError('usage', message, near === undefined ? {} : { hint: `did you mean "${near}"?` })
}
