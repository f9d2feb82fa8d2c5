/** The test split is never touched: whatever lies in it, the same classifier comes out, bit for bit. */
import assert from 'node:assert/strict'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { train } from '../../src/api/train.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { readDataset } from '../../src/dataset/dataset.ts'
import type { Dataset } from '../../src/dataset/types.ts'
import { openTrainingData } from '../../src/train/data.ts'
import type { TrainOptions } from '../../src/train/options.ts'
import { readMetrics } from '../../src/train/run-folder.ts'
import { writeImages } from '../train/made-images.ts'

const root = mkdtempSync(join(tmpdir(), 'graft-test-split-'))
const at = (...names: string[]): string => join(root, ...names)
const options: TrainOptions = {
  weights: 'random',
  alpha: 0.1,
  size: 32,
  epochs: [2, 1],
  batchSize: 8,
  fineTuneAt: 'block_14_expand_BN',
  patience: 2,
  augment: 'light',
  views: 2,
  threads: 1,
}

/** Ten pictures a class to train on, ten to validate, six for the test. */
async function writeSplits(folder: string): Promise<void> {
  await writeImages(at('all'), 26)
  for (const name of readdirSync(at('all'))) {
    const files = readdirSync(at('all', name)).sort()
    for (const [place, file] of files.entries()) {
      const split = place < 10 ? 'train' : place < 20 ? 'val' : 'test'
      mkdirSync(join(folder, split, name), { recursive: true })
      renameSync(at('all', name, file), join(folder, split, name, file))
    }
  }
}

/** The same data with a test split of swapped labels and one of pictures that are none. */
function poison(folder: string): void {
  cpSync(at('clean'), folder, { recursive: true })
  renameSync(join(folder, 'test', 'cold'), join(folder, 'test', 'aside'))
  renameSync(join(folder, 'test', 'warm'), join(folder, 'test', 'cold'))
  renameSync(join(folder, 'test', 'aside'), join(folder, 'test', 'warm'))
  const [first, second] = readdirSync(join(folder, 'test', 'warm'))
  const picture = readFileSync(join(folder, 'test', 'cold', first!))
  writeFileSync(join(folder, 'test', 'warm', second!), picture)
}

before(async () => {
  await writeSplits(at('clean'))
  poison(at('poisoned'))
})
after(() => rmSync(root, { recursive: true, force: true }))

test('train() gives the same weights, figures and limits whatever the test split holds', async () => {
  // One name for both, so that the data's identity, which is written into bundles, tells nothing apart.
  const runOn = async (name: string): Promise<{ bundle: unknown; metrics: unknown; tested: number }> => {
    const dataset: Dataset = { ...(await readDataset(at(name))), root: at('data') }
    const run = at(`run-${name}`)
    await train(dataset, { ...options, run, cache: at(`cache-${name}`) })
    const evaluation = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
    return {
      bundle: shipped(run),
      metrics: readMetrics(run).map(({ seconds, ...record }) => record),
      tested: evaluation.test.accuracy,
    }
  }
  const [clean, poisoned] = [await runOn('clean'), await runOn('poisoned')]
  assert.ok(isDeepStrictEqual(poisoned.bundle, clean.bundle))
  assert.deepEqual(poisoned.metrics, clean.metrics)
  assert.notEqual(poisoned.tested, clean.tested, 'the poison is in the test split')
})

/** What a bundle computes and says, but for the data's fingerprint and the figures of the test itself. */
function shipped(run: string): unknown {
  const { graph, facts } = loadBundle(run)
  const { data, figures, ...card } = facts.card
  const { fingerprint, ...counts } = data
  const { test, ...others } = figures
  return { ...graph, facts: { ...facts, card: { ...card, data: counts, figures: others } } }
}

test('openTrainingData() has no example of the test split', async () => {
  const { examples } = await readDataset(at('clean'))
  const of = (split: string): typeof examples => examples.filter(example => example.split === split)
  const split = { train: of('train'), validation: of('validation'), test: of('test') }
  const preprocessing = { size: 32, fit: 'squash', background: [0, 0, 0] } as const
  const signal = new AbortController().signal
  const data = await openTrainingData(split, { preprocessing, cache: at('cache'), workers: 1, signal })
  assert.deepEqual(new Set(data.examples.map(example => example.split)), new Set(['train', 'validation']))
  await data.close()
})
