/** A command as plain data; what it does is loaded when it is called for, so that help comes at once. */
import type { Environment, OutputStream } from './terminal/stream.ts'

export interface OptionSpec {
  /** As commander writes it, such as `--batch-size <n>` or `--csv [file]`. */
  readonly flags: string
  readonly description: string
  /** What happens without the option, in words. */
  readonly default?: string
  readonly choices?: readonly string[]
  /** What the option takes, for its message when it is given something else; the default is any text. */
  readonly type?: 'integer' | 'count' | 'number' | 'epochs' | 'class-weights'
  /** Which next words an optional value may be; any other word is left for the arguments. */
  readonly takes?: RegExp
  /** What other programs call it, without dashes, for the hint to those who are used to that. */
  readonly elsewhere?: readonly string[]
}

export interface OptionGroup {
  readonly title: string
  readonly options: readonly OptionSpec[]
}

export interface CommandSpec {
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** For the command's own help. */
  readonly description: string
  /** Arguments as commander writes them, such as `<data>` or `<files...>`, with what they are. */
  readonly arguments: readonly (readonly [name: string, description: string])[]
  readonly groups: readonly OptionGroup[]
  /** Command lines, with what they do. */
  readonly examples: readonly (readonly [command: string, effect: string])[]
  /** Whether it ends in order by itself when it is asked to stop; any other command is left where it is. */
  readonly stopsInOrder?: boolean
  readonly load: () => Promise<{ readonly run: CommandRun }>
}

/** Where a command's words go, and what it may ask of the world. */
export interface CommandContext {
  /** Results. */
  readonly stdout: OutputStream
  /** Progress and complaints. */
  readonly stderr: OutputStream
  /** Read only by commands that are told to. */
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly environment: Environment
  /** Milliseconds since 1970. */
  clock(): number
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal
}

/** Options as given, by their names in camel case; those that were not given are absent. */
export type GivenOptions = Readonly<Record<string, unknown>>

/** Runs a command and gives its exit status. */
export type CommandRun = (
  args: readonly string[],
  options: GivenOptions,
  context: CommandContext,
) => Promise<number>
