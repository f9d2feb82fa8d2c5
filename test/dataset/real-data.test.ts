/** The reader against data as its publishers deliver it; skipped where it is not at hand. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { readDataset, readImages } from '../../src/dataset/dataset.ts'
import { datasetFingerprint, fingerprintSources } from '../../src/dataset/fingerprint.ts'
import { readSourceSync } from '../../src/dataset/source.ts'
import { splitDataset } from '../../src/dataset/split.ts'
import { summarizeDataset } from '../../src/dataset/summary.ts'

const data = '../shared/data'
const cactus = existsSync(`${data}/cactus`) ? {} : { skip: `${data}/cactus is absent` }
const hymenoptera = existsSync(`${data}/hymenoptera`) ? {} : { skip: `${data}/hymenoptera is absent` }

test('readDataset() reads the aerial cactus competition as Kaggle delivers it', cactus, async () => {
  const dataset = await readDataset(`${data}/cactus`)
  assert.equal(dataset.format, 'manifest')
  assert.deepEqual(dataset.classNames, ['0', '1'])
  assert.deepEqual(dataset.missing, [])
  const { classes, total } = summarizeDataset(dataset, splitDataset(dataset, { validation: 0.1, seed: 1 }))
  assert.deepEqual(classes, [
    { name: '0', train: 3928, validation: 436, test: 0, total: 4364 },
    { name: '1', train: 11822, validation: 1314, test: 0, total: 13136 },
  ])
  assert.deepEqual(total, { train: 15750, validation: 1750, test: 0, total: 17500 })
  for (const { source } of dataset.examples)
    assert.deepEqual([...readSourceSync(source).subarray(0, 2)], [0xff, 0xd8])
})

test('readDataset() gives the same cactus examples by every path to them', cactus, async () => {
  const paths = ['cactus', 'cactus/train.zip', 'cactus/train.csv'].map(path => `${data}/${path}`)
  const prints = await Promise.all(
    paths.map(async path => {
      const dataset = await readDataset(path)
      const keys = await fingerprintSources(
        dataset.examples.map(example => example.source),
        new Map(),
      )
      return datasetFingerprint(dataset, keys)
    }),
  )
  assert.equal(new Set(prints).size, 1)
})

test('readImages() lists the competition test images under the ids of its submission', cactus, async () => {
  const { examples } = await readImages([`${data}/cactus/test.zip`])
  const submission = await readDataset(`${data}/cactus/test.zip`, {
    labels: `${data}/cactus/sample_submission.csv`,
  })
  assert.equal(examples.length, 4000)
  assert.deepEqual(
    examples.map(({ id }) => id),
    submission.examples.map(({ id }) => id).sort(),
  )
})

test('readDataset() reads ants and bees in their own split, placeholder included', hymenoptera, async () => {
  const dataset = await readDataset(`${data}/hymenoptera`)
  const { classes } = summarizeDataset(dataset, splitDataset(dataset, { validation: 0.1, seed: 1 }))
  assert.deepEqual(classes, [
    { name: 'ants', train: 124, validation: 70, test: 0, total: 194 },
    { name: 'bees', train: 121, validation: 83, test: 0, total: 204 },
  ])
  assert.ok(dataset.examples.some(({ id }) => id === 'train/ants/imageNotFound.gif'))
  assert.deepEqual(dataset.notes, [])
})
