import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { splitDataset } from '../../src/dataset/split.ts'
import type { Dataset, Example } from '../../src/dataset/types.ts'
import { datasetOf } from './examples.ts'

const ids = (examples: readonly Example[]): string[] => examples.map(({ id }) => id)
const twoClasses = (count: number): Dataset =>
  datasetOf(Array.from({ length: count }, (_, i) => ({ label: i % 2 })))
const method = fc.constantFrom('stratified' as const, 'random' as const)

test('splitDataset() has all of a group on one side, whatever its size and labels', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 3, maxLength: 20 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 1000 }), method, (lengths, seed, how) => {
      const dataset = twoClasses(lengths.reduce((sum, length) => sum + length, 0))
      let next = 0
      const groups = lengths.map(length => ids(dataset.examples.slice(next, (next += length))))
      const { train, validation } = splitDataset(dataset, { validation: 0.3, seed, method: how, groups })
      const held = new Set(ids(validation))
      for (const group of groups) assert.equal(new Set(group.map(id => held.has(id))).size, 1)
      assert.equal(train.length + validation.length, dataset.examples.length)
    }),
  )
})

test('splitDataset() without groups, or with groups of one, draws the same', () => {
  const dataset = twoClasses(60)
  const options = { validation: 0.2, seed: 3 }
  const groups = dataset.examples.map(({ id }) => [id])
  assert.deepEqual(splitDataset(dataset, { ...options, groups }), splitDataset(dataset, options))
})

test('splitDataset() keeps total and proportions where small groups leave room for both', () => {
  const dataset = twoClasses(200)
  const groups = [0, 20, 40, 60].map(at => ids(dataset.examples.slice(at, at + 3)))
  const { validation } = splitDataset(dataset, { validation: 0.2, seed: 1, groups })
  assert.equal(validation.length, 40)
  assert.equal(validation.filter(({ label }) => label === 0).length, 20)
})

test('splitDataset() holds out the smallest group of a class that has only larger ones than its share', () => {
  const dataset = twoClasses(40)
  const of = (label: number): Example[] => dataset.examples.filter(example => example.label === label)
  const groups = [0, 1].flatMap(label => [
    ids(of(label).slice(0, 8)),
    ids(of(label).slice(8, 14)),
    ids(of(label).slice(14)),
  ])
  const { validation } = splitDataset(dataset, { validation: 0.1, seed: 1, groups })
  assert.deepEqual(
    [0, 1].map(label => validation.filter(example => example.label === label).length),
    [6, 6],
  )
})
