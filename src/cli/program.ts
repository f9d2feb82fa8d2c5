/** The command line: from commands as data to commander's parser, its messages in our words. */
import { Argument, Command, CommanderError, type HelpConfiguration, Option } from 'commander'
import { version } from '../util/version.ts'
import type { CommandContext, CommandSpec, OptionSpec } from './command.ts'
import { commands } from './commands/index.ts'
import { flagOf, optionValue } from './option-values.ts'
import { showsColours, styleFor } from './terminal/stream.ts'
import { unknownCommand, usageError } from './usage.ts'

/** Lines of help are no longer, however wide the terminal. */
const helpWidth = 100

/**
 * Parses arguments and runs the command that they name.
 *
 * @returns the exit status
 * @throws UserError `usage` when the arguments make no sense
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const spec = namedCommand(args)
  let status = 0
  const program = prepared(new Command('graft'), context)
    .description('Teach a pretrained vision model your own classes.')
    .version(version, '--version', 'show the version')
    .helpCommand('help [command]', 'show what a command does')
    .addHelpText(
      'after',
      '\nBegin with:\n  graft train photos/      where photos/ holds a folder of images for each class',
    )
    .exitOverride(error => {
      throw error.exitCode === 0 ? error : usageError(error, topLevel)
    })
  for (const one of commands) program.addCommand(commandOf(one, context, result => (status = result)))
  const words = args.length === 0 ? ['--help'] : spec === undefined ? [...args] : settled(args, spec)
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
  }
  return status
}

/** The program without a command. */
const topLevel: CommandSpec = {
  name: '',
  summary: '',
  description: '',
  arguments: [],
  groups: [{ title: 'Options', options: [{ flags: '--version', description: '' }] }],
  examples: [],
  load: () => Promise.reject(new Error('Internal: the program itself does nothing')),
}

/** The command that the arguments name. @throws UserError `usage` when there is no such command */
function namedCommand(args: readonly string[]): CommandSpec | undefined {
  const [first, second] = args.filter(word => !word.startsWith('-'))
  const name = first === 'help' ? second : first
  if (name === undefined || name === 'help') return undefined
  const spec = commands.find(command => command.name === name)
  if (spec === undefined) throw unknownCommand(name, commands)
  return spec
}

/** The arguments with every optional value settled: commander would take whatever word comes next. */
function settled(args: readonly string[], { groups }: CommandSpec): string[] {
  const takes = new Map(
    groups.flatMap(({ options }) => options.map(option => [flagOf(option), option.takes] as const)),
  )
  return args.map((word, at) => {
    const pattern = takes.get(word)
    return pattern === undefined || pattern.test(args[at + 1] ?? '') ? word : `${word}=`
  })
}

/** A command that writes to our streams, and throws instead of exiting. */
function prepared(command: Command, { stdout, stderr, environment }: CommandContext): Command {
  const style = styleFor(stdout, environment)
  const help: HelpConfiguration = {
    styleTitle: title => style('bold', title),
    subcommandTerm: subcommand => subcommand.name(),
    optionDescription: option => option.description,
  }
  return command
    .configureHelp(help)
    .configureOutput({
      writeOut: text => void stdout.write(text),
      writeErr: text => void stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(stdout.columns ?? helpWidth, helpWidth),
      getOutHasColors: () => showsColours(stdout, environment),
    })
    .helpOption('-h, --help', 'show this help')
}

function commandOf(spec: CommandSpec, context: CommandContext, done: (status: number) => void): Command {
  const command = prepared(new Command(spec.name), context)
    .summary(spec.summary)
    .description(spec.description)
    .addHelpText('after', examplesText(spec))
    .exitOverride(error => {
      throw error.exitCode === 0 ? error : usageError(error, spec)
    })
  for (const [name, description] of spec.arguments) command.addArgument(new Argument(name, description))
  for (const { title, options } of spec.groups) {
    command.optionsGroup(`${title}:`)
    for (const option of options) command.addOption(optionOf(option))
  }
  return command.action(async (...given: unknown[]) => {
    const args = given.slice(0, spec.arguments.length).flat() as string[]
    const { run } = await spec.load()
    const work = run(args, command.opts(), context)
    done(await (spec.stopsInOrder ? work : Promise.race([work, stopOf(context.signal)])))
  })
}

/** Rejects when the user asks to stop. */
function stopOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

function optionOf(spec: OptionSpec): Option {
  const remarks = [
    ...(spec.choices === undefined ? [] : [spec.choices.join(', ')]),
    ...(spec.default === undefined ? [] : [`default: ${spec.default}`]),
  ]
  const option = new Option(
    spec.flags,
    spec.description + (remarks.length === 0 ? '' : ` (${remarks.join('; ')})`),
  )
  if (!spec.flags.includes('<')) return option
  // Of an option with several values, commander hands over each with those before.
  return option.argParser<unknown>((text, before) =>
    option.variadic
      ? [...((before as unknown[] | undefined) ?? []), optionValue(spec, text)]
      : optionValue(spec, text),
  )
}

function examplesText({ examples }: CommandSpec): string {
  return `\nExamples:\n${examples.map(([command, effect]) => `  ${command}\n      ${effect}`).join('\n')}`
}
