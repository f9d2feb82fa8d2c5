/**
 * Kills a short training 200 times, at random moments, in the middle of random changes to the disk, and there with the
 * loss of what was not flushed, as by a power cut; goes on each time, and compares the classifiers with those of an
 * undisturbed training, bit by bit:
 *
 *   node dist/bench/survive.js [MOMENTS] [SEED] [THREADS]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../src/util/errors.ts'
import { randomOf } from '../src/util/random.ts'
import {
  begin,
  changesOf,
  madeBy,
  surviveChange,
  surviveMoment,
  workplace,
} from '../test/survival/harness.ts'

const moments = Number(process.argv[2] ?? 200)
const seed = Number(process.argv[3] ?? 1)
/** Half of the moments at one thread, half at two, unless told. */
const engines = process.argv[4] === undefined ? [1, 2] : [Number(process.argv[4])]
const root = mkdtempSync(join(tmpdir(), 'graft-survive-'))
const tally = { survived: 0, killed: 0, lost: 0 }

for (const threads of engines) {
  const place = await workplace(join(root, `threads-${threads}`), threads)
  const changes = (await changesOf(place, 'whole')).length
  const expected = madeBy(place, 'whole')
  const { milliseconds } = await begin(place, 'timed')
  const random = randomOf(seed, 'moments', threads)
  for (let at = 0; at < moments / engines.length; at++) {
    const moment = Math.floor(random.next() * milliseconds)
    const nth = 1 + random.integer(changes)
    const ways = [
      () => surviveMoment(place, moment, expected),
      () => surviveChange(place, { nth }, expected),
      () => surviveChange(place, { nth, unflushed: 'nothing' }, expected),
      () => surviveChange(place, { nth, unflushed: 'zeros' }, expected),
    ]
    await ways[at % ways.length]!().then(
      wasKilled => {
        tally.survived++
        if (wasKilled) tally.killed++
      },
      error => {
        tally.lost++
        console.log(messageOf(error))
      },
    )
    const done = tally.survived + tally.lost
    if (done % 10 === 0) console.log(`${done} of ${moments}: ${JSON.stringify(tally)}`)
  }
}
rmSync(root, { recursive: true, force: true })
process.exitCode = tally.lost > 0 ? 1 : 0
