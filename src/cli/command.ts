/** A command as plain data; what it does is loaded when it is called for, so that help comes at once. */
import type { Environment, OutputStream } from './terminal/stream.ts'

/** An option as commander writes it, such as `--batch-size <n>`. */
export interface OptionSpec {
  readonly flags: string
  readonly description: string
  readonly choices?: readonly string[]
  /** What the option takes, for its message when it is given something else; the default is any text. */
  readonly type?: 'integer' | 'number' | 'epochs' | 'class-weights'
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
  readonly load: () => Promise<{ readonly run: CommandRun }>
}

/** Where a command's words go, and what it may ask of the world. */
export interface CommandContext {
  /** Results. */
  readonly stdout: OutputStream
  /** Progress and complaints. */
  readonly stderr: OutputStream
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
