/** Folds: a partition, alike in classes, with groups whole. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldsOf } from '../../src/dataset/folds.ts'
import type { Example } from '../../src/dataset/types.ts'
import { UserError } from '../../src/util/errors.ts'

function examples(...sizes: readonly number[]): Example[] {
  return sizes.flatMap((size, label) =>
    Array.from({ length: size }, (_, at) => {
      const id = `${label}/${at}.jpg`
      return { id, source: { type: 'file', path: id }, label, split: null } as const
    }),
  )
}
const ids = (fold: readonly Example[]): string[] => fold.map(({ id }) => id)

test('foldsOf() is a partition in which folds differ by one example of a class at most', () => {
  const all = examples(23, 7, 12)
  const folds = foldsOf(all, { count: 5, seed: 1 })
  assert.deepEqual(folds.flatMap(ids).sort(), ids(all).sort())
  for (const label of [0, 1, 2]) {
    const counts = folds.map(fold => fold.filter(example => example.label === label).length)
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, String(counts))
  }
  const sizes = folds.map(fold => fold.length)
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 2, String(sizes))
})

test('foldsOf() depends on the seed, not on the order of the examples', () => {
  const all = examples(20, 20)
  const folds = foldsOf(all, { count: 4, seed: 3 })
  assert.deepEqual(foldsOf([...all].reverse(), { count: 4, seed: 3 }).map(ids), folds.map(ids))
  assert.notDeepEqual(foldsOf(all, { count: 4, seed: 4 }).map(ids), folds.map(ids))
})

test('foldsOf() keeps groups whole, and folds alike all the same', () => {
  const all = examples(30, 30)
  const groups = [
    ['0/1.jpg', '0/2.jpg', '0/3.jpg'],
    ['1/5.jpg', '0/9.jpg'],
    ['1/7.jpg', '1/8.jpg', '1/9.jpg', '1/10.jpg'],
  ]
  const folds = foldsOf(all, { count: 5, seed: 2, groups })
  assert.deepEqual(folds.flatMap(ids).sort(), ids(all).sort())
  for (const group of groups)
    assert.equal(folds.filter(fold => ids(fold).some(id => group.includes(id))).length, 1)
  const sizes = folds.map(fold => fold.length)
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 2, String(sizes))
})

test('foldsOf() refuses more folds than the smallest class has images, and fewer than 2', () => {
  for (const count of [8, 1, 2.5]) {
    assert.throws(
      () => foldsOf(examples(20, 7), { count, seed: 1 }),
      (error: UserError) =>
        error instanceof UserError && error.code === 'usage' && /wanted from 2 to 7/.test(error.message),
    )
  }
})

test('foldsOf() counts a group as one example, since its class is absent from the fold trained without it', () => {
  const all = examples(14, 4)
  const groups = [['1/0.jpg', '1/1.jpg', '1/2.jpg', '1/3.jpg']]
  assert.throws(
    () => foldsOf(all, { count: 3, seed: 1, groups }),
    (error: UserError) =>
      error.code === 'usage' && /too few images: 1 \(copies count as one\)/.test(error.message),
  )
  assert.equal(foldsOf(all, { count: 3, seed: 1, groups: [groups[0]!.slice(0, 2)] }).length, 3)
})
