/** A whole command line: run, its failure told, its exit status given. */
import type { CommandContext } from './command.ts'
import { showFailure } from './failure.ts'
import { runProgram } from './program.ts'

/**
 * Runs what the arguments say. Whatever goes wrong is told on the context's streams.
 *
 * @returns the exit status; see `exitStatus`
 */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    return await runProgram(args, context)
  } catch (error) {
    return showFailure(error, context, args.includes('--json'))
  }
}
