import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aucBootstrap } from '../../src/evaluate/auc-bootstrap.ts'
import { aucInterval } from '../../src/evaluate/auc-interval.ts'
import { aucScoreInterval } from '../../src/evaluate/auc-score-interval.ts'
import { rankByScore } from '../../src/evaluate/ranking.ts'
import { rocAuc } from '../../src/evaluate/roc.ts'
import { randomOf, shuffled } from '../../src/util/random.ts'

/** Seeded scores N(shift, spread) of positives among those N(0, 1) of negatives. */
function drawn(
  seed: number,
  [positives, negatives]: readonly [number, number],
  { shift, spread = 1 }: { readonly shift: number; readonly spread?: number },
): { labels: number[]; scores: number[] } {
  const random = randomOf(seed, 'auc')
  const labels = Array.from({ length: positives + negatives }, (_, i) => (i < positives ? 1 : 0))
  const scores = labels.map(label => (label ? shift + spread * random.normal() : random.normal()))
  return { labels, scores }
}

test('aucInterval() is never narrower than either of its parts, and the same in any order of examples', () => {
  const answers = fc.array(fc.record({ label: fc.nat(1), score: fc.nat(9) }), {
    minLength: 2,
    maxLength: 40,
  })
  fc.assert(
    fc.property(answers, fc.integer(), (examples, seed) => {
      const [labels, scores] = [examples.map(({ label }) => label), examples.map(({ score }) => score)]
      const interval = aucInterval(labels, scores)
      const positives = labels.filter(label => label === 1).length
      if (positives === 0 || positives === labels.length) return assert.equal(interval, null)
      const area = rocAuc(labels, scores)
      const score = aucScoreInterval(area, positives, labels.length - positives)
      const bootstrap = aucBootstrap(rankByScore(labels, scores), randomOf(0, 'auc-interval'))
      assert.equal(interval!.low, Math.min(score.low, bootstrap.low))
      assert.equal(interval!.high, Math.max(score.high, bootstrap.high))
      const mixed = shuffled(examples, randomOf(seed, 'order'))
      const again = aucInterval(
        mixed.map(one => one.label),
        mixed.map(one => one.score),
      )
      assert.deepEqual(again, interval)
    }),
    { numRuns: 40 },
  )
})

test('aucInterval() has a width where no pair is in the wrong order, and the bootstrap alone has none', () => {
  const { labels, scores } = drawn(1, [30, 30], { shift: 100 })
  const { low, high } = aucInterval(labels, scores)!
  assert.equal(high, 1)
  assert.ok(low > 0.85 && low < 0.99, String(low))
  assert.deepEqual(aucBootstrap(rankByScore(labels, scores), randomOf(0, 'one')), { low: 1, high: 1 })
})

test('aucInterval() holds the true area in 95% of seeded draws or more, as binormal theory gives it', () => {
  // The area is the normal distribution function at shift / sqrt(1 + spread ** 2).
  const cases = [
    { sizes: [25, 35], shift: 1.8124, spread: 1, area: 0.9 },
    { sizes: [75, 75], shift: 3.6428, spread: 1, area: 0.995 },
    { sizes: [60, 60], shift: 2.6643, spread: 3, area: 0.8002 },
  ] as const
  const draws = 200
  for (const { sizes, shift, spread, area } of cases) {
    const holds = Array.from({ length: draws }, (_, draw) => {
      const { labels, scores } = drawn(draw, sizes, { shift, spread })
      const { low, high } = aucInterval(labels, scores)!
      return low <= area && area <= high
    })
    const held = holds.filter(Boolean).length / draws
    assert.ok(held > 0.925, `${held} at ${area}`) // 95% less one and a half standard errors of 200 draws
  }
})
