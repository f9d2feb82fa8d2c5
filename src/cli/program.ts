/** The command line: from commands as data to commander's parser, its messages in our words. */
import { Command, CommanderError, Option } from 'commander'
import { UserError } from '../util/errors.ts'
import { version } from '../util/version.ts'
import type { CommandContext, CommandSpec, OptionSpec } from './command.ts'
import { commands } from './commands/index.ts'
import { optionValue } from './option-values.ts'

/**
 * Parses arguments and runs the command that they name.
 *
 * @returns the exit status
 * @throws UserError `usage` when the arguments make no sense
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let status = 0
  const program = base(new Command('graft'), context)
    .description('Teach a pretrained vision model your own classes.')
    .version(version, '--version', 'show the version')
    .helpCommand('help [command]', 'show what a command does')
    .addHelpText(
      'after',
      '\nBegin with:\n  graft train photos/      where photos/ holds a folder of images for each class',
    )
  for (const spec of commands) program.addCommand(commandOf(spec, context, result => (status = result)))
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' })
    return status
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    throw usageError(error)
  }
}

/** A command that writes to our streams and throws instead of exiting. */
function base(command: Command, { stdout, stderr }: CommandContext): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: text => void stdout.write(text),
      writeErr: text => void stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 100),
    })
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(true)
}

function commandOf(spec: CommandSpec, context: CommandContext, done: (status: number) => void): Command {
  const command = base(new Command(spec.name), context)
    .summary(spec.summary)
    .description(spec.description)
    .addHelpText('after', examplesText(spec))
  for (const [name, description] of spec.arguments) command.argument(name, description)
  for (const { title, options } of spec.groups) {
    command.optionsGroup(`${title}:`)
    for (const option of options) command.addOption(optionOf(option))
  }
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, spec.arguments.length).flat() as string[]
    const { run } = await spec.load()
    done(await run(args, command.opts(), context))
  })
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description)
  if (spec.choices) return option.choices([...spec.choices])
  return spec.flags.includes('<') ? option.argParser(text => optionValue(spec, text)) : option
}

function examplesText({ examples }: CommandSpec): string {
  return `\nExamples:\n${examples.map(([command, effect]) => `  ${command}\n      ${effect}`).join('\n')}`
}

/** Commander's complaint as ours: its first line is the message, its suggestion the hint. */
function usageError({ message }: CommanderError): UserError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n')
  const suggestion = rest.join(' ').match(/\(Did you mean (.*)\?\)/)?.[1]
  const text = first.charAt(0).toUpperCase() + first.slice(1)
  return new UserError('usage', text.replaceAll("'", '"').replace(/\.$/, ''), {
    hint: suggestion
      ? `did you mean ${suggestion.replaceAll("'", '"')}?`
      : 'graft help COMMAND shows what there is',
  })
}
