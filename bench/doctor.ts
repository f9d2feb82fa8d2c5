/**
 * How much of what is wrong with a dataset the inspection finds: faults are planted, then looked for.
 *
 * node dist/bench/doctor.js DATA COUNT [SEED] [WEIGHTS]     plants faults in COUNT images of DATA
 * node dist/bench/doctor.js DATA --time                     inspects DATA as it is, twice: cold, and with all cached
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Inspection, inspect } from '../src/api/inspect.ts'
import { readDataset } from '../src/dataset/dataset.ts'
import type { FindingKind } from '../src/inspect/types.ts'
import { formatPercent } from '../src/util/format.ts'
import { type CopyKind, plantFaults } from './doctor-plant.ts'

const [data, count, seed = '1', weights] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'graft-doctor-'))
const cache = join(folder, 'cache')
try {
  await (count === '--time' ? time(data!) : find(data!, Number(count), Number(seed)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function time(path: string): Promise<void> {
  for (const state of ['cold', 'cached']) {
    const began = performance.now()
    const cpuBefore = process.cpuUsage()
    const { summary, findings } = await inspect(path, { cache, weights })
    const seconds = (performance.now() - began) / 1000
    const rate = Math.round(summary.total.total / seconds)
    const { user, system } = process.cpuUsage(cpuBefore)
    const cpu = `${((user + system) / 1e6).toFixed(1)} s of processor`
    console.log(`${state}: ${summary.total.total} images in ${seconds.toFixed(1)} s (${cpu}), ${rate}/s`)
    console.log(`  ${findings.length} findings`)
  }
}

async function find(path: string, images: number, number: number): Promise<void> {
  const planted = await plantFaults(await readDataset(path), images, join(folder, 'data'), number)
  const found = await inspect(join(folder, 'data'), { cache, weights })
  const { wrong, broken, total } = planted
  console.log(`${path}, seed ${number}: ${total} files; ${found.backbone}`)
  const top = found.ranking.slice(0, Math.round(found.ranking.length / 10)).map(({ id }) => id)
  report('wrong labels in the top tenth', wrong, top)
  console.log(`  labels that the probe confirms: ${formatPercent(found.agreement!)}`)
  report('wrong labels among the suspects', wrong, idsOf(found, ['wrong-label']))
  report('broken files', broken, idsOf(found, ['unreadable']))
  const pairs = pairsOf(found)
  for (const kind of ['exact', 'resized', 're-encoded', 'flipped'] satisfies CopyKind[]) {
    const copies = planted.copies.filter(copy => copy.kind === kind)
    report(
      `copies, ${kind}`,
      copies.map(({ original, copy }) => pairName(original, copy)),
      pairs,
    )
  }
  const known = new Set(planted.copies.map(({ original, copy }) => pairName(original, copy)))
  const others = pairs.filter(pair => !known.has(pair))
  console.log(
    `  copies that were not planted: ${others.length} of ${total} (${formatPercent(others.length / total, 2)})`,
  )
  for (const pair of others.slice(0, 10)) console.log(`    ${pair}`)
}

function idsOf({ findings }: Inspection, kinds: readonly FindingKind[]): string[] {
  return findings.flatMap(({ id, finding }) => (id !== null && kinds.includes(finding) ? [id] : []))
}

function pairsOf({ findings }: Inspection): string[] {
  const kinds: readonly FindingKind[] = ['exact-duplicate', 'near-duplicate', 'conflicting-labels', 'leakage']
  return findings.flatMap(({ id, related, finding }) =>
    kinds.includes(finding) ? [pairName(id!, related!)] : [],
  )
}

function pairName(a: string, b: string): string {
  return [a, b].sort().join(' = ')
}

function report(title: string, wanted: readonly string[], found: readonly string[]): void {
  const among = new Set(found)
  const hits = wanted.filter(id => among.has(id)).length
  console.log(`  ${title}: ${hits} of ${wanted.length} (${formatPercent(hits / Math.max(1, wanted.length))})`)
}
