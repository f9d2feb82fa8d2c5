/** What watching costs: a training's epochs, and its whole work, with a dashboard open over those without one. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { train } from '../src/api/train.ts'
import { type Dashboard, openDashboard } from '../src/serve/dashboard/open-dashboard.ts'
import { readMetrics } from '../src/train/run-folder.ts'
import type { Print } from './decode.ts'

const data = '../shared/data/hymenoptera'
const chromiumPath = '/usr/bin/chromium'
const repeats = 3

/** Somebody who watches; gives what ends that. */
type Watcher = (dashboard: Dashboard) => Promise<() => Promise<void>>

/** What a training took. */
interface Cost {
  /** Seconds of each epoch. */
  readonly epochs: readonly number[]
  /** Seconds of processor time of this process and of a browser that it started. */
  readonly work: number
}

/**
 * Prints the ratios for a listener of the stream alone, and for the whole page in Chromium, which draws on the same
 * cores. The second line repeats the measurement without a dashboard: it says how exact the others are.
 */
export async function benchDashboard(print: Print, threads: number): Promise<void> {
  if (!existsSync(data)) return print(`dashboard: left out, as there is no ${data}`)
  const root = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const watchers: Record<string, Watcher | null> = {
    nobody: null,
    'nobody again': null,
    'the stream': listener,
  }
  if (existsSync(chromiumPath)) watchers['the page in Chromium'] = browser
  const costs: Record<string, Cost[]> = {}
  try {
    await costOf(root, 'warm', null, threads) // decodes, and fills the caches
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [name, watcher] of Object.entries(watchers))
        (costs[name] ??= []).push(await costOf(root, `${name} ${repeat}`, watcher, threads))
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  const alone = costs['nobody']!
  print(`dashboard: ${fastest(alone).toFixed(2)} s of epochs with nobody watching, best of ${repeats}`)
  for (const [name, found] of Object.entries(costs).slice(1)) {
    const [time, work] = [fastest(found) / fastest(alone), least(found) / least(alone)]
    print(
      `  ${name}: ${time.toFixed(3)} times the time of the epochs, ${work.toFixed(3)} times the work of all`,
    )
  }
}

/** Each epoch at its fastest: what else the machine does only ever adds. */
function fastest(runs: readonly Cost[]): number {
  const times = (epoch: number): number[] => runs.map(({ epochs }) => epochs[epoch]!)
  return runs[0]!.epochs.reduce((sum, _, epoch) => sum + Math.min(...times(epoch)), 0)
}

const least = (runs: readonly Cost[]): number => Math.min(...runs.map(({ work }) => work))

/** A training that is watched, or not. */
async function costOf(root: string, name: string, watcher: Watcher | null, threads: number): Promise<Cost> {
  const run = join(root, 'runs', name)
  const network = { weights: 'random', alpha: 0.35, size: 96 } as const
  const options = { ...network, epochs: [2, 12], augment: 'none', seed: 1, threads } as const
  const dashboard = watcher && (await openDashboard(join(root, 'runs'), { port: 0 }))
  const leave = dashboard && (await watcher(dashboard))
  const before = processorSeconds()
  await train(data, { ...options, run, cache: join(root, 'cache') })
  const work = processorSeconds() - before
  await leave?.()
  await dashboard?.close()
  const epochs = readMetrics(run).map(({ seconds }) => seconds)
  rmSync(run, { recursive: true })
  return { epochs, work }
}

/** Of this process and all below it, from Linux's /proc; elsewhere of this process alone. */
function processorSeconds(): number {
  if (!existsSync('/proc/self/stat')) return process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
  const processes = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? statOf(Number(name)) : []))
  const below = (pid: number): number =>
    processes.reduce((sum, { id, parent, ticks }) => {
      if (id === pid) return sum + ticks
      return parent === pid ? sum + below(id) : sum
    }, 0)
  return below(process.pid) / ticksPerSecond
}

/** Linux tells times to programs in hundredths of seconds on every machine (man 7 time, USER_HZ). */
const ticksPerSecond = 100

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

const listener: Watcher = async ({ url }) => {
  const leaving = new AbortController()
  const { body } = await fetch(`${url}/events`, { signal: leaving.signal })
  const read = async (): Promise<void> => {
    for await (const _ of body!);
  }
  const done = read().catch(() => {})
  return async () => {
    leaving.abort()
    await done
  }
}

const browser: Watcher = async ({ url }) => {
  const opened = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  const page = await opened.newPage()
  await page.goto(url)
  return () => opened.close()
}
