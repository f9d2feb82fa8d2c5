/**
 * Accuracy, time and memory of whole runs on real data, cold: nothing cached, decoding included.
 *
 * node dist/bench/accuracy.js DATA WEIGHTS SEEDS [options of graft train]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EpochRecord, Outcome } from '../src/train/types.ts'

/** The final figure of the TensorFlow tutorial on the cactus set. */
const tutorialAccuracy = 0.986

interface Measured {
  readonly outcome: Outcome
  readonly records: readonly EpochRecord[]
  /** Seconds from the start of the process to the first epoch at the tutorial's figure; null when it never came. */
  readonly reached: number | null
  readonly seconds: number
  readonly megabytes: number
}

/** One run of the command in a process of its own, with an empty cache. */
async function measure(data: string, flags: readonly string[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'graft-bench-'))
  const graft = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
  const args = [
    graft,
    'train',
    data,
    '--json',
    '--run',
    join(folder, 'run'),
    '--cache',
    join(folder, 'cache'),
    ...flags,
  ]
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const child = spawn('/usr/bin/env', ['time', '-f', 'peak %M', process.execPath, ...args])
  const records: EpochRecord[] = []
  let outcome: Outcome | undefined
  let reached: number | null = null
  let text = ''
  let complaints = ''
  child.stderr.on('data', chunk => (complaints += chunk))
  child.stdout.on('data', chunk => {
    const lines = (text + chunk).split('\n')
    text = lines.pop()!
    for (const event of lines.map(line => JSON.parse(line))) {
      if (event.event === 'epoch') records.push(event)
      if (event.event === 'epoch' && event.validation?.accuracy >= tutorialAccuracy) reached ??= seconds()
      if (event.event === 'done') outcome = event
    }
  })
  await new Promise(resolve => child.on('close', resolve))
  rmSync(folder, { recursive: true, force: true })
  if (outcome === undefined) throw new Error(complaints)
  const megabytes = Number(complaints.match(/peak (\d+)/)?.[1]) / 1024
  return { outcome, records, reached, seconds: seconds(), megabytes }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const spread = (values: readonly number[]): string =>
  `${mean(values).toFixed(4)} (${Math.min(...values).toFixed(4)} to ${Math.max(...values).toFixed(4)})`

const [data, weights, seedList = '1', ...flags] = process.argv.slice(2)
const runs: Measured[] = []
for (const seed of seedList.split(',')) {
  const run = await measure(data!, ['--weights', weights!, '--seed', seed, ...flags])
  const { outcome, records, reached, seconds, megabytes } = run
  const last = records.at(-1)!.validation!
  const phases = [...new Set(records.map(({ phase }) => phase))]
  const ends = phases.map(
    phase =>
      `${phase} ${records.findLast(record => record.phase === phase)!.validation!.accuracy.toFixed(4)}`,
  )
  console.log(
    [
      `seed ${seed}: best ${outcome.accuracy!.toFixed(4)}`,
      `AUC ${outcome.rocAuc?.toFixed(5)}`,
      `last ${last.accuracy.toFixed(4)} AUC ${last.rocAuc?.toFixed(5)}`,
      `at the end of ${ends.join(', ')}`,
      `0.986 after ${reached?.toFixed(1)} s`,
      `${seconds.toFixed(1)} s`,
      `${megabytes.toFixed(0)} MB`,
    ].join(' | '),
  )
  runs.push(run)
}
console.log(`best accuracy ${spread(runs.map(({ outcome }) => outcome.accuracy!))}`)
console.log(`last accuracy ${spread(runs.map(({ records }) => records.at(-1)!.validation!.accuracy))}`)
if (runs.every(({ outcome }) => outcome.rocAuc !== null)) {
  console.log(`best AUC ${spread(runs.map(({ outcome }) => outcome.rocAuc!))}`)
}
