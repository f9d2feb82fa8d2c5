import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { apportion, splitDataset } from '../../src/dataset/split.ts'
import type { Dataset, Example, SplitName } from '../../src/dataset/types.ts'
import { randomOf, shuffled } from '../../src/util/random.ts'
import { datasetOf } from './examples.ts'

const ids = (examples: readonly Example[]): string[] => examples.map(example => example.id)

/** Datasets whose examples name no split. */
const unsplit = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 80 })
  .map(labels => datasetOf(labels.map(label => ({ label }))))
const fraction = fc.double({ min: 0, max: 0.95, noNaN: true })
const method = fc.constantFrom('stratified' as const, 'random' as const)

test('splitDataset() gives a partition of the labelled examples, and keeps the splits that the data names', () => {
  const split = fc.constantFrom<SplitName | null>('train', 'validation', 'test', null)
  const label = fc.option(fc.integer({ min: 0, max: 3 }))
  const dataset = fc.array(fc.record({ label, split }), { maxLength: 60 }).map(datasetOf)
  fc.assert(
    fc.property(dataset, fraction, fc.integer(), method, (data, validation, seed, how) => {
      const parts = splitDataset(data, { validation, seed, method: how })
      const labelled = data.examples.filter(example => example.label !== null)
      assert.deepEqual(new Set([...parts.train, ...parts.validation, ...parts.test]), new Set(labelled))
      assert.equal(parts.train.length + parts.validation.length + parts.test.length, labelled.length)
      assert.deepEqual(new Set(parts.test), new Set(labelled.filter(example => example.split === 'test')))
      if (labelled.some(example => example.split === 'validation')) {
        assert.deepEqual(
          new Set(parts.validation),
          new Set(labelled.filter(example => example.split === 'validation')),
        )
      }
    }),
  )
})

test('splitDataset() depends on the seed and the ids, and not on the order of the examples', () => {
  fc.assert(
    fc.property(unsplit, fc.integer(), method, (dataset, seed, how) => {
      const options = { validation: 0.3, seed, method: how }
      const other: Dataset = { ...dataset, examples: shuffled(dataset.examples, randomOf(seed, 'order')) }
      assert.deepEqual(splitDataset(dataset, options), splitDataset(other, options))
    }),
  )
  const dataset = datasetOf(Array.from({ length: 100 }, (_, i) => ({ label: i % 2 })))
  const held = [1, 2].map(seed => ids(splitDataset(dataset, { validation: 0.3, seed }).validation).join())
  assert.notEqual(held[0], held[1])
})

test('splitDataset() stratifies: the total is right, and each class keeps its share to within one or its bounds', () => {
  fc.assert(
    fc.property(unsplit, fraction, fc.integer(), (dataset, validation, seed) => {
      const parts = splitDataset(dataset, { validation, seed })
      const counts = (examples: readonly Example[], label: number): number =>
        examples.filter(one => one.label === label).length
      const classes = [0, 1, 2, 3, 4].filter(label => counts(dataset.examples, label) > 0)
      const spare = classes.filter(label => counts(dataset.examples, label) > 1)
      const most = dataset.examples.length - classes.length
      const wanted = validation > 0 ? Math.max(1, Math.round(dataset.examples.length * validation)) : 0
      assert.equal(parts.validation.length, Math.min(most, wanted))
      for (const label of classes) assert.ok(counts(parts.train, label) >= 1)
      if (parts.validation.length >= spare.length)
        for (const label of spare) assert.ok(counts(parts.validation, label) >= 1)
    }),
  )
})

test('apportion() is the method of largest remainder where no bound is met', () => {
  // Quotas 4.7, 3.1, 2.2 of 10: the one seat left goes to the remainder of 0.7.
  assert.deepEqual(apportion([47, 31, 22], 0.1), [5, 3, 2])
  assert.deepEqual(apportion([4364, 13136], 0.1), [436, 1314])
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 50, max: 500 }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      (sizes, share) => {
        for (const [i, count] of apportion(sizes, share).entries())
          assert.ok(Math.abs(count - sizes[i]! * share) < 1 + 1e-9)
      },
    ),
  )
})

test('apportion() leaves every class one for training and gives every other one to validation', () => {
  assert.deepEqual(apportion([1, 2, 1000], 0.1), [0, 1, 99])
  assert.deepEqual(apportion([2, 2, 2], 0.9), [1, 1, 1])
  assert.deepEqual(apportion([1, 1], 0.5), [0, 0])
  assert.deepEqual(apportion([5, 5, 5], 0.05), [1, 0, 0])
  assert.deepEqual(apportion([10, 20], 0), [0, 0])
})

test('splitDataset() draws at random when asked, as the plain split of a tutorial does', () => {
  const dataset = datasetOf(Array.from({ length: 40 }, (_, i) => ({ label: i % 10 === 0 ? 1 : 0 })))
  const rare = [1, 2, 3, 4, 5, 6, 7, 8].map(seed => {
    const { validation } = splitDataset(dataset, { validation: 0.25, seed, method: 'random' })
    assert.equal(validation.length, 10)
    return validation.filter(example => example.label === 1).length
  })
  assert.ok(new Set(rare).size > 1, 'strata would give 1 each time')
})

test('splitDataset() draws validation from train when the data names train and test only', () => {
  const dataset = datasetOf(
    Array.from({ length: 30 }, (_, i) => ({ label: i % 2, split: i < 20 ? 'train' : 'test' }) as const),
  )
  const { train, validation, test } = splitDataset(dataset, { validation: 0.2, seed: 7 })
  assert.deepEqual([train.length, validation.length, test.length], [16, 4, 10])
  assert.deepEqual(ids(test), ids(dataset.examples.slice(20)).sort())
})

test('splitDataset() refuses a fraction that is none', () => {
  for (const validation of [-0.1, 1, 20, Number.NaN]) {
    assert.throws(
      () => splitDataset(datasetOf([{ label: 0 }]), { validation, seed: 1 }),
      /wanted at least 0 and less than 1$/,
    )
  }
})
