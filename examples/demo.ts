/**
 * The main job on something that comes with the project: draws aerial scenes with and without a columnar cactus,
 * trains a classifier to tell them apart, from the embedded backbone on, and shows what to do with it.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../src/cli/command-line.ts'
import { processContext } from '../src/cli/process-context.ts'
import { graftLine } from '../src/cli/shell.ts'
import { writeScenes } from './scenes.ts'

/** Enough for an accuracy that means something, in about a minute on two cores. */
const count = 2400
const seed = 7
const scenes = join('runs', 'demo-scenes')
const run = join('runs', 'demo')

const args = ['train', scenes, '--run', run, ...process.argv.slice(2)]
const context = processContext(args.includes('--json'))

if (!existsSync(scenes)) {
  context.stderr.write(`Drawing ${count} aerial scenes into ${scenes}, half of them with a cactus\n`)
  // Drawn aside, so that scenes of which some are missing are never taken for all.
  await writeScenes(`${scenes}.part`, count, seed)
  renameSync(`${scenes}.part`, scenes)
}
rmSync(run, { recursive: true, force: true })
process.exitCode = await runCommandLine(args, context)
if (process.exitCode === 0 && !args.includes('--json')) {
  const picture = join(scenes, 'cactus', '00001.jpg')
  context.stdout.write(`  ${graftLine(['predict', run, picture], context.environment)}\n`)
}
