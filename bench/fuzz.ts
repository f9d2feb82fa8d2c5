/**
 * Mutated files without end: each kind that Graft reads in turn, with new seeds, until as many as asked for were read.
 *
 *   node dist/bench/fuzz.js [CASES] [SEED] [KIND]
 *
 * Files that were met with something else than a result or an error for users are left in `fuzz-defects/`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../src/util/errors.ts'
import { formatCount } from '../src/util/format.ts'
import { fuzz } from '../test/hostile/fuzz.ts'
import { allTargets } from '../test/hostile/targets.ts'

const cases = Number(process.argv[2] ?? 1_000_000)
const firstSeed = Number(process.argv[3] ?? 2)
const kind = process.argv[4] ?? ''
/** Cases of a kind before it is the next one's turn. */
const turn = 1000

const root = mkdtempSync(join(tmpdir(), 'graft-fuzz-'))
const targets = Object.entries(await allTargets(root)).filter(([name]) => name.includes(kind))
const counts = new Map<string, number>()
let [done, defects] = [0, 0]
for (let seed = firstSeed; done < cases; seed++) {
  for (const [name, target] of targets) {
    const some = Math.ceil(turn * target.share)
    const defect = await fuzz(target, some, seed)
    counts.set(name, (counts.get(name) ?? 0) + some)
    done += some
    if (defect === null) continue
    defects++
    const digest = createHash('sha256').update(defect.bytes).digest('hex').slice(0, 8)
    mkdirSync('fuzz-defects', { recursive: true })
    writeFileSync(join('fuzz-defects', `${name.replaceAll(' ', '-')}-${digest}`), defect.bytes)
    console.log(`${name}: ${messageOf(defect.error)}`)
  }
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(`${formatCount(done)} files, ${defects} defects, ${memory} MB at most`)
}
console.log(JSON.stringify(Object.fromEntries(counts)))
rmSync(root, { recursive: true, force: true })
process.exitCode = defects > 0 ? 1 : 0
