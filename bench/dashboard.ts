/** What watching costs: the time of a training's epochs with a dashboard open, and the share of the machine it takes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { train } from '../src/api/train.ts'
import { readMetrics } from '../src/train/run-folder.ts'
import type { Print } from './decode.ts'

const data = '../shared/data/hymenoptera'
const chromiumPath = '/usr/bin/chromium'
const graft = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
const repeats = 7
/** Milliseconds in which Chromium ends what it does once after it has begun. */
const settling = 2000

/** What a training took. */
interface Cost {
  /** Seconds of each epoch. */
  readonly epochs: readonly number[]
  /** Seconds of processor time that the dashboard and the browser took for each second of the training. */
  readonly watching: number
}

/**
 * Prints both for the page in Chromium, which draws on the same cores. The training without a dashboard is measured
 * twice: how far that is from 1 says how exact the ratio of times is.
 */
export async function benchDashboard(print: Print, threads: number): Promise<void> {
  if (!existsSync(data)) return print(`dashboard: left out, as there is no ${data}`)
  if (!existsSync(chromiumPath)) return print(`dashboard: left out, as there is no ${chromiumPath}`)
  const root = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const [alone, again, watched]: [Cost[], Cost[], Cost[]] = [[], [], []]
  try {
    await costOf(root, threads) // decodes, and fills the caches
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const costs of [alone, again]) costs.push(await costOf(root, threads))
      watched.push(await watchedCost(root, threads))
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  const time = (costs: readonly Cost[]): string => (fastest(costs) / fastest(alone)).toFixed(3)
  const shares = watched.map(({ watching }) => `${((watching / threads) * 100).toFixed(2)}%`).join(', ')
  print(
    `dashboard: ${fastest(alone).toFixed(2)} s of epochs with nobody watching, each at its fastest of ${repeats}`,
  )
  print(`  nobody again: ${time(again)} times that; the page in Chromium: ${time(watched)} times`)
  print(`  dashboard and Chromium took ${shares} of ${threads} processors`)
}

/** What else the machine does only ever adds. */
function fastest(runs: readonly Cost[]): number {
  const times = (epoch: number): number[] => runs.map(({ epochs }) => epochs[epoch]!)
  return runs[0]!.epochs.reduce((sum, _, epoch) => sum + Math.min(...times(epoch)), 0)
}

async function watchedCost(root: string, threads: number): Promise<Cost> {
  const dashboard = spawn(process.execPath, [graft, 'dashboard', join(root, 'runs'), '--port', '0'])
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    await page.goto(await addressOf(dashboard))
    await page.waitForTimeout(settling)
    return await costOf(root, threads)
  } finally {
    await browser.close()
    dashboard.kill()
  }
}

/** What `graft dashboard` writes first. */
function addressOf({ stdout }: ChildProcess): Promise<string> {
  return new Promise(resolve => stdout!.once('data', (line: Buffer) => resolve(line.toString().trim())))
}

async function costOf(root: string, threads: number): Promise<Cost> {
  const run = join(root, 'runs', 'run')
  const network = { weights: 'random', alpha: 0.35, size: 96 } as const
  const options = { ...network, epochs: [2, 60], augment: 'none', seed: 1, threads } as const
  const [began, before] = [performance.now(), childSeconds()]
  await train(data, { ...options, run, cache: join(root, 'cache') })
  const watching = (childSeconds() - before) / ((performance.now() - began) / 1000)
  const epochs = readMetrics(run).map(({ seconds }) => seconds)
  rmSync(run, { recursive: true })
  return { epochs, watching }
}

/** Linux tells times to programs in hundredths of seconds on every machine (man 7 time, USER_HZ). */
const ticksPerSecond = 100

/** Processor time of all processes below this one, from Linux's /proc. */
function childSeconds(): number {
  const processes = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? statOf(Number(name)) : []))
  const below = (parent: number): number =>
    processes
      .filter(found => found.parent === parent)
      .reduce((sum, { id, ticks }) => sum + ticks + below(id), 0)
  return below(process.pid) / ticksPerSecond
}

interface ProcessStat {
  readonly id: number
  readonly parent: number
  readonly ticks: number
}

/** Fields 4, 14 and 15 of /proc/PID/stat, counted after the name, which may hold spaces; none of a process that is gone. */
function statOf(id: number): ProcessStat[] {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [{ id, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }]
  } catch {
    return []
  }
}
