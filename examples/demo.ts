/**
 * The main job on something that comes with the project: draws aerial scenes with and without a columnar cactus,
 * trains a classifier to tell them apart, from the embedded backbone on, and shows what to do with it.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandContext } from '../src/cli/command.ts'
import { runCommandLine } from '../src/cli/command-line.ts'
import { processContext } from '../src/cli/process-context.ts'
import { graftLine } from '../src/cli/shell.ts'
import { exitStatus } from '../src/util/errors.ts'
import { writeScenes } from './scenes.ts'

export interface DemoOptions {
  /** Where scenes and run are written. */
  readonly folder: string
  /** Scenes to draw, half of them with a cactus. */
  readonly count: number
  /** More options for `graft train`. */
  readonly options: readonly string[]
}

const seed = 7

/** Draws, if that was not done before, and trains. @returns the exit status */
export async function demo(
  { folder, count, options }: DemoOptions,
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr, environment } = context
  const [scenes, run] = [join(folder, 'demo-scenes'), join(folder, 'demo')]
  if (!existsSync(scenes)) {
    stderr.write(`Drawing ${count} aerial scenes into ${scenes}, half of them with a cactus\n`)
    // Drawn aside, so that scenes of which some are missing are never taken for all.
    await writeScenes(`${scenes}.part`, count, seed)
    renameSync(`${scenes}.part`, scenes)
  }
  rmSync(run, { recursive: true, force: true })
  const status = await runCommandLine(['train', scenes, '--run', run, ...options], context)
  if (status === exitStatus.done && !options.includes('--json')) {
    const picture = join(scenes, 'cactus', '00001.jpg')
    stdout.write(`  ${graftLine(['predict', run, picture], environment)}\n`)
  }
  return status
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = process.argv.slice(2)
  const context = processContext(options.includes('--json'))
  // Enough for an accuracy that means something, in about a minute on two cores.
  process.exitCode = await demo({ folder: 'runs', count: 2400, options }, context)
}
