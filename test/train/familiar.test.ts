/** The reject option on made features: what it keeps, what it refuses, and what it says of itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitFamiliar } from '../../src/train/familiar-space.ts'
import { distances, type Rows } from '../../src/train/principal.ts'
import { randomOf } from '../../src/util/random.ts'

const length = 160

/** Features of two classes: noise about two centres, `spread` wide. */
function features(count: number, seed: number, spread = 1): Rows {
  const random = randomOf(seed, 'features')
  const values = Float64Array.from({ length: count * length }, (_, at) => {
    const isSecond = Math.floor(at / length) % 2 === 1
    return 10 + (isSecond && at % length < 4 ? 5 : 0) + spread * random.normal()
  })
  return { length, values }
}

/** Unfamiliarity as the bundle computes it, in float64. */
function unfamiliarity(familiar: NonNullable<ReturnType<typeof fitFamiliar>>, rows: Rows): Float64Array {
  const rank = familiar.basis.length / length
  const directions = Float64Array.from({ length: rank * length }, (_, at) => {
    return familiar.basis[(at % length) * rank + Math.floor(at / length)]!
  })
  return distances(rows, { mean: Float64Array.from(familiar.mean), directions }).map((distance, row) => {
    const roots = rows.values.subarray(row * length, (row + 1) * length)
    const activity = roots.reduce((sum, root) => sum + root * root, 0)
    return distance / Math.sqrt(Math.min(1, activity / familiar.activity)) / familiar.unit
  })
}

const share = (values: Float64Array): number => values.filter(value => value <= 1).length / values.length

test('fitFamiliar() keeps 95% of unseen features, and refuses those from elsewhere', () => {
  const familiar = fitFamiliar(features(80, 1), features(99, 2), 2)!
  assert.deepEqual(familiar.facts, { limit: 1, kept: 0.95, examples: 99, source: 'validation' })
  assert.equal(share(unfamiliarity(familiar, features(99, 2))), 95 / 99)
  const unseen = share(unfamiliarity(familiar, features(2000, 3)))
  // The limit of 99 scores leaves between 90% and 99% in nearly all draws.
  assert.ok(unseen > 0.9 && unseen < 0.99, String(unseen))
  assert.equal(share(unfamiliarity(familiar, features(200, 4, 4))), 0)
})

test('fitFamiliar() takes cross-fitted training features where fewer than 19 validate, and says so', () => {
  const few = fitFamiliar(features(80, 1), features(18, 2), 2)!
  assert.deepEqual(few.facts, { limit: 1, kept: 0.95, examples: 98, source: 'training' })
  const unseen = share(unfamiliarity(few, features(2000, 3)))
  assert.ok(unseen > 0.9 && unseen < 0.995, String(unseen))
  assert.equal(fitFamiliar(features(80, 1), features(0, 2), 2)!.facts.examples, 80)
})

test('fitFamiliar() says nothing where the images are copies of a few', () => {
  const few = features(4, 1)
  const values = new Float64Array(80 * few.length).map((_, at) => few.values[at % few.values.length]!)
  assert.equal(fitFamiliar({ length: few.length, values }, features(0, 2), 2), null)
})

test('fitFamiliar() moves the limit out where training has drawn its images nearer than others', () => {
  const drawn = fitFamiliar(features(80, 1, 0.5), features(18, 2), 2)!
  const unseen = share(unfamiliarity(drawn, features(2000, 3)))
  assert.ok(unseen > 0.9, String(unseen))
})

test('fitFamiliar() takes for quiet what has smaller features than 95% of the training images, and refuses blanks', () => {
  const train = features(80, 1)
  const { activity } = fitFamiliar(train, features(99, 2), 2)!
  const sums = Array.from({ length: 80 }, (_, row) =>
    train.values.subarray(row * length, (row + 1) * length).reduce((sum, root) => sum + root * root, 0),
  )
  assert.equal(sums.filter(sum => sum < activity - 1e-9).length, 4)
  assert.ok(activity > 0)
})

test('fitFamiliar() refuses a blank, which is nearer to the mean than training images are', () => {
  const lowered = (rows: Rows): Rows => ({ ...rows, values: rows.values.map(value => value - 9.5) })
  const [train, validation] = [lowered(features(80, 1)), lowered(features(99, 2))]
  const blank: Rows = { length, values: new Float64Array(length).fill(0.01) }
  const familiar = fitFamiliar(train, validation, 2)!
  const plain = { ...familiar, activity: 1e-9 }
  assert.ok(unfamiliarity(plain, blank)[0]! < 0.8)
  assert.ok(unfamiliarity(familiar, blank)[0]! > 10)
})

test('fitFamiliar() gives nothing for fewer than 16 training images', () => {
  assert.equal(fitFamiliar(features(15, 1), features(99, 2), 2), null)
})
