/** Wrong usage in our words: what was given, and the nearest right thing. */
import { closest } from '../util/closest.ts'
import { UserError } from '../util/errors.ts'
import { quoted } from '../util/words.ts'
import type { CommandSpec, OptionSpec } from './command.ts'
import { flagOf } from './option-values.ts'

/** A parser's complaint: its code, and a message with the names in single quotes. */
export interface Complaint {
  readonly code: string
  readonly message: string
}

/** @param command whose arguments the complaint is about */
export function usageError({ code, message }: Complaint, command: CommandSpec): UserError {
  const name = message.match(/'(.*?)'/s)?.[1] ?? ''
  const help = `${helpOf(command)} shows how`
  const wrong = (text: string, hint: string): UserError => new UserError('usage', text, { hint })
  switch (code) {
    case 'commander.unknownOption':
      return unknownOption(name, command)
    case 'commander.optionMissingArgument':
      return wrong(`The option "${name.split(' ')[0]}" needs a value`, help)
    case 'commander.missingArgument': {
      const [, what] = command.arguments.find(([argument]) => argument.replace(/\W/g, '') === name) ?? []
      const [[example] = [help]] = command.examples
      return wrong(`graft ${command.name} needs ${name.toUpperCase()}: ${what}`, `for example: ${example}`)
    }
    case 'commander.excessArguments': {
      const [wanted, received] = message.match(/\d+/g) ?? []
      const text = `graft ${command.name} takes ${wanted} argument${wanted === '1' ? '' : 's'}. Received: ${received}`
      return wrong(text, 'put a name that holds spaces in quotes')
    }
    default:
      return wrong(message.replace(/^error: /, '').replaceAll("'", '"'), help)
  }
}

/** The refusal of a command that there is not. */
export function unknownCommand(name: string, commands: readonly CommandSpec[]): UserError {
  const near = closest(
    name,
    commands.map(({ name }) => name),
  )
  return new UserError('usage', `There is no command ${quoted(name)}`, {
    hint: near === undefined ? 'graft --help lists the commands' : `did you mean "graft ${near}"?`,
  })
}

function unknownOption(given: string, command: CommandSpec): UserError {
  const flag = given.split('=')[0]!
  const near = nearestOption(
    flag,
    command.groups.flatMap(({ options }) => options),
  )
  if (near === flag)
    return new UserError('usage', `The option ${quoted(flag)} takes no value. Received: ${quoted(given)}`)
  return new UserError('usage', `There is no option ${quoted(flag)}`, {
    hint: near === undefined ? `${helpOf(command)} lists the options` : `did you mean "${near}"?`,
  })
}

function helpOf({ name }: CommandSpec): string {
  return name === '' ? 'graft --help' : `graft ${name} --help`
}

/** Other programs' names first, for they are meant exactly; then slips of typing. */
function nearestOption(flag: string, options: readonly OptionSpec[]): string | undefined {
  const word = flag.replace(/^-+/, '').replaceAll('_', '-').toLowerCase()
  const other = options.find(({ elsewhere }) => elsewhere?.includes(word))
  if (other !== undefined) return flagOf(other)
  const near = closest(
    word,
    options.map(option => flagOf(option).slice(2)),
  )
  return near === undefined ? undefined : `--${near}`
}
