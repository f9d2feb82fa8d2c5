import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { aucBootstrap } from '../../src/evaluate/auc-bootstrap.ts'
import { rankByScore } from '../../src/evaluate/ranking.ts'
import { rocAuc } from '../../src/evaluate/roc.ts'
import { randomOf } from '../../src/util/random.ts'

interface Case {
  readonly positives: readonly number[]
  readonly negatives: readonly number[]
  readonly area: number
  readonly low: number
  readonly high: number
}

/** By SciPy's `bootstrap`; scripts/parity/auc_bootstrap.py wrote it. */
const fixture: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync('test/evaluate/fixtures/auc-bootstrap.json', 'utf8'),
)

test("aucBootstrap() agrees with SciPy's stratified percentile bootstrap, ties included", () => {
  // The 50th of 2,000 areas in order is itself a draw: it misses by a twentieth of the interval in one of 1,000.
  const share = 0.05
  for (const { positives, negatives, area, low, high } of fixture.cases) {
    const labels = [...positives.map(() => 1), ...negatives.map(() => 0)]
    const scores = [...positives, ...negatives]
    assert.equal(rocAuc(labels, scores), area)
    const found = aucBootstrap(rankByScore(labels, scores), randomOf(1, 'test'))
    for (const end of ['low', 'high'] as const)
      assert.ok(
        Math.abs(found[end] - { low, high }[end]) < share * (high - low),
        `${end}: ${found[end]}, not ${{ low, high }[end]}`,
      )
  }
})
