/** A short training as a process of its own, to be killed, resumed and compared with one that nobody disturbed. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMetrics } from '../../src/train/run-folder.ts'
import { writeImages } from '../train/made-images.ts'

/** The ways in which a program changes a disk; to open is to make, or to make ready for writing. */
export type Change = 'open' | 'write' | 'flush' | 'truncate' | 'rename' | 'make' | 'remove'

/** A line of a trace: what was done, and to which path; of a rename also from which. */
export type TracedChange = readonly [change: Change, ...paths: string[]]

/** Dies at a change to the disk: in the middle of a write, before any other. */
export interface Kill {
  /** Which of those that fit, from 1, counted among all threads. */
  readonly nth: number
  readonly change?: Change
  /** A part of the path. */
  readonly path?: string
  /** A power cut: what the thread has not flushed becomes this. By default it stays, as when only the process dies. */
  readonly unflushed?: 'nothing' | 'zeros'
  /** A file to count in. */
  readonly tally: string
}

/** What `faults.ts` does to the process that loads it. */
export interface Faults {
  readonly kill?: Kill
  /** A file that gets a line for each change to the disk. */
  readonly trace?: string
  readonly clock?: 'fast' | 'jumping'
}

export interface Ended {
  /** The exit status, or the signal that ended the process. */
  readonly status: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

export interface RunOptions {
  readonly faults?: Faults
  /** Milliseconds after which the process gets a signal, and which; SIGKILL by default. */
  readonly killAfter?: number
  readonly signal?: NodeJS.Signals
  /** For Node, such as `--max-old-space-size=64`. */
  readonly flags?: readonly string[]
  /** The folder of a control group that the process is put into. */
  readonly group?: string
}

const graft = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const faultsUrl = new URL('./faults.js', import.meta.url).href

/** Runs `graft` in a folder. */
export async function runGraft(
  folder: string,
  args: readonly string[],
  { faults = {}, killAfter, signal = 'SIGKILL', flags = [], group }: RunOptions = {},
): Promise<Ended> {
  const began = performance.now()
  const { npm_command: _, ...inherited } = process.env
  const env = { ...inherited, NO_COLOR: '1', GRAFT_FAULTS: JSON.stringify(faults) }
  const child = spawn(process.execPath, ['--import', faultsUrl, ...flags, graft, ...args], {
    cwd: folder,
    env,
  })
  if (group !== undefined) writeFileSync(join(group, 'cgroup.procs'), String(child.pid))
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (text.stdout += chunk))
  child.stderr.on('data', chunk => (text.stderr += chunk))
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill(signal), killAfter)
  const status = await new Promise<Ended['status']>(resolve =>
    child.on('close', (code, signal) => resolve(code ?? signal)),
  )
  clearTimeout(timer)
  return { status, ...text, milliseconds: performance.now() - began }
}

/** A training of two phases with augmented views that takes a second or two, checkpoints after each epoch included. */
const trainingWords =
  'data --weights random --alpha 0.1 --size 32 --epochs 3,2 --batch-size 4 --validation 0.25 --augment light --views 2'.split(
    ' ',
  )

/** Its data and caches lie in one folder. @param threads of the engine */
export interface Workplace {
  readonly folder: string
  readonly threads: number
}

/** A workplace with twelve pictures in each of two classes. */
export async function workplace(folder: string, threads: number): Promise<Workplace> {
  mkdirSync(folder, { recursive: true })
  await writeImages(join(folder, 'data'), 12)
  return { folder, threads }
}

/** Trains from the beginning. */
export function begin({ folder, threads }: Workplace, run: string, options: RunOptions = {}): Promise<Ended> {
  const words = [...trainingWords, '--threads', String(threads), '--run', run, '--cache', `${run}-cache`]
  return runGraft(folder, ['train', ...words, '--quiet'], {
    ...options,
    faults: { clock: 'fast', ...options.faults },
  })
}

/** Goes on with what a killed process left, or begins again where it left no run. */
export function goOn(place: Workplace, run: string, options: RunOptions = {}): Promise<Ended> {
  if (!existsSync(join(place.folder, run, 'run.json'))) return begin(place, run, options)
  const words = ['train', 'data', '--run', run, '--resume', '--cache', `${run}-cache`, '--quiet']
  return runGraft(place.folder, words, { ...options, faults: { clock: 'fast', ...options.faults } })
}

/** What a run made, to compare: the bytes of both classifiers, and what it measured. */
export interface Made {
  readonly best: Buffer
  readonly last: Buffer
  readonly metrics: readonly unknown[]
}

export function madeBy({ folder }: Workplace, run: string): Made {
  const path = join(folder, run)
  return {
    best: readFileSync(join(path, 'best.onnx')),
    last: readFileSync(join(path, 'last.onnx')),
    metrics: readMetrics(path).map(({ seconds, ...record }) => record),
  }
}

/** @throws AssertionError that says where the runs differ */
export function assertSame(made: Made, expected: Made, circumstances: string): void {
  assert.ok(made.best.equals(expected.best), `best.onnx differs ${circumstances}`)
  assert.ok(made.last.equals(expected.last), `last.onnx differs ${circumstances}`)
  assert.deepEqual(made.metrics, expected.metrics, `metrics differ ${circumstances}`)
}

/** What an undisturbed training does to the disk, in its order; its run is left in `run`. */
export async function changesOf(place: Workplace, run: string): Promise<TracedChange[]> {
  const trace = join(place.folder, `${run}.trace`)
  const { status, stderr } = await begin(place, run, { faults: { trace } })
  assert.equal(status, 0, stderr)
  return readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as TracedChange)
}

/** Kills a training at a change to the disk, goes on, and compares. @returns whether the change came */
export function surviveChange(place: Workplace, kill: Omit<Kill, 'tally'>, expected: Made): Promise<boolean> {
  const run = ['change', kill.nth, kill.change, kill.path?.replaceAll('/', '-'), kill.unflushed].join('-')
  const faults = { kill: { ...kill, tally: join(place.folder, `${run}.tally`) } }
  return survive(place, run, { faults }, expected)
}

/** Kills a training after some time, goes on, and compares. @returns whether it was still at work */
export function surviveMoment(place: Workplace, milliseconds: number, expected: Made): Promise<boolean> {
  return survive(place, `moment-${milliseconds}`, { killAfter: milliseconds }, expected)
}

/** Asks a training to stop after some time, goes on, and compares. @returns how it ended */
export async function surviveSignal(
  place: Workplace,
  signal: NodeJS.Signals,
  killAfter: number,
  expected: Made,
): Promise<Ended> {
  const run = `signal-${signal}`
  const ended = await begin(place, run, { killAfter, signal })
  await finish(place, run, expected)
  return ended
}

async function survive(place: Workplace, run: string, options: RunOptions, expected: Made): Promise<boolean> {
  const killed = await begin(place, run, options)
  await finish(place, run, expected)
  return killed.status === 'SIGKILL'
}

/** Goes on with a run to its end, compares it, and removes it. */
async function finish(place: Workplace, run: string, expected: Made): Promise<void> {
  const { status, stderr } = await goOn(place, run)
  assert.equal(status, 0, `${run}: ${stderr}`)
  assertSame(madeBy(place, run), expected, `after ${run}`)
  for (const name of [run, `${run}-cache`, `${run}.tally`])
    rmSync(join(place.folder, name), { recursive: true, force: true })
}
