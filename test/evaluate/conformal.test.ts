/** The limit that new values keep to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conformalLimit } from '../../src/evaluate/conformal.ts'
import { randomOf } from '../../src/util/random.ts'

test('conformalLimit() is the score of rank ceil((n + 1) * kept)', () => {
  const scores = Array.from({ length: 99 }, (_, at) => 99 - at)
  assert.equal(conformalLimit(scores, 0.95), 95)
  assert.equal(conformalLimit(scores, 0.5), 50)
  assert.equal(conformalLimit(scores, 0), 1)
})

test('conformalLimit() of 0.95 wants 19 scores', () => {
  const scores = Array.from({ length: 19 }, (_, at) => at)
  assert.equal(conformalLimit(scores, 0.95), 18)
  assert.equal(conformalLimit(scores.slice(1), 0.95), null)
  assert.equal(conformalLimit([], 0.95), null)
})

test('conformalLimit() keeps 95% of new values on average, and hardly more, whatever they are drawn from', () => {
  const random = randomOf(5, 'conformal')
  const drawings = { normal: random.normal, skewed: () => Math.exp(2 * random.normal()) }
  for (const [name, draw] of Object.entries(drawings)) {
    let kept = 0
    const trials = 4000
    for (let trial = 0; trial < trials; trial++) {
      const limit = conformalLimit(Array.from({ length: 59 }, draw), 0.95)!
      if (draw() <= limit) kept++
    }
    // Four standard errors of a share of 0.95 over the trials.
    const share = kept / trials
    assert.ok(share > 0.95 - 0.014 && share < 0.95 + 1 / 60 + 0.014, `${name}: ${share}`)
  }
})
