import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repeatWords } from '../../src/api/repeat.ts'
import type { RunRecord } from '../../src/train/run-folder.ts'

const record = {
  plan: { seed: 7, threads: 2, preprocessing: { size: 96, fit: 'squash', background: [255, 255, 255] } },
  data: { root: 'my photos' },
} as unknown as Pick<RunRecord, 'plan' | 'data'>

test('repeatWords() says what was asked for, and what the machine or chance would decide otherwise', () => {
  const words = repeatWords(
    {
      run: 'runs/x',
      cache: '/tmp',
      labels: 'labels.csv',
      epochs: [3, 2],
      batchSize: 8,
      classWeights: { ants: 2, bees: 1 },
      skipBad: true,
      recipe: undefined,
    },
    record,
  )
  const expected =
    'graft|train|my photos|--labels|labels.csv|--epochs|3,2|--batch-size|8|--class-weights|ants=2,bees=1|--skip-bad|--size|96|--seed|7|--threads|2'
  assert.equal(words.join('|'), expected)
})
