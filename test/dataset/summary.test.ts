import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitDataset } from '../../src/dataset/split.ts'
import { summarizeDataset } from '../../src/dataset/summary.ts'
import { datasetOf } from './examples.ts'

test('summarizeDataset() counts each class in each split', () => {
  const examples = [0, 0, 1, 1, 1, 1].map(label => ({ label }))
  const dataset = datasetOf([...examples, { label: 1, split: 'test' }, { label: null }])
  const split = splitDataset(dataset, { validation: 0.5, seed: 1 })
  assert.deepEqual(
    summarizeDataset({ ...dataset, missing: [{ id: 'x', reason: 'there is no such file' }] }, split),
    {
      root: 'made',
      format: 'class-folders',
      classes: [
        { name: 'class 0', train: 1, validation: 1, test: 0, total: 2 },
        { name: 'class 1', train: 2, validation: 2, test: 1, total: 5 },
      ],
      total: { train: 3, validation: 3, test: 1, total: 7 },
      unlabelled: 1,
      missing: 1,
    },
  )
})
