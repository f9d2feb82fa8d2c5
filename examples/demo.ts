/**
 * The main job on something that comes with the project: draws aerial scenes with and without a columnar cactus,
 * trains a classifier to tell them apart, from the embedded backbone on, and shows what to do with it.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../src/cli/command-line.ts'
import { processContext } from '../src/cli/process-context.ts'
import { writeScenes } from './scenes.ts'

const folder = join('runs', 'demo-scenes')
const run = join('runs', 'demo')
/** Enough for an accuracy that means something, in about a minute on two cores. */
const scenes = 2400
const seed = 7

if (!existsSync(folder)) {
  process.stderr.write(`Drawing ${scenes} aerial scenes into ${folder}, half of them with a cactus\n`)
  await writeScenes(folder, scenes, seed)
}
rmSync(run, { recursive: true, force: true })
const args = ['train', folder, '--run', run, ...process.argv.slice(2)]
const context = processContext(args.includes('--json'))
process.exitCode = await runCommandLine(args, context)
