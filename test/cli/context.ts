/** A command's world made of texts. */
import type { CommandContext } from '../../src/cli/command.ts'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Environment } from '../../src/cli/terminal/stream.ts'
import { fakeStream } from './terminal/fake.ts'

export interface World {
  readonly environment?: Environment
  readonly stdin?: string
  readonly signal?: AbortSignal
}

export interface Finished {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, without a terminal. */
export async function runHere(args: readonly string[], world: World = {}): Promise<Finished> {
  const [stdout, stderr] = [fakeStream(false, 100), fakeStream(false, 100)]
  const context: CommandContext = {
    stdout,
    stderr,
    stdin: textStream(world.stdin ?? ''),
    environment: world.environment ?? {},
    clock: Date.now,
    signal: world.signal ?? new AbortController().signal,
  }
  const status = await runCommandLine(args, context)
  return { status, stdout: stdout.writes.join(''), stderr: stderr.writes.join('') }
}

async function* textStream(text: string): AsyncGenerator<Uint8Array> {
  // Cut in the middle, as a pipe may do.
  const bytes = Buffer.from(text)
  const half = Math.floor(bytes.length / 2)
  yield bytes.subarray(0, half)
  yield bytes.subarray(half)
}
