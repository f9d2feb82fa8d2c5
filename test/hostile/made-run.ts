/** A run's record as a training writes it. */
import { defaultPreprocessing } from '../../src/pipeline/types.ts'
import { planFor } from '../../src/train/recipes.ts'
import type { RunRecord } from '../../src/train/run-folder.ts'
import { version } from '../../src/util/version.ts'

const plan = planFor(
  {},
  {
    classes: 2,
    trainExamples: 100,
    weights: 'random',
    alpha: 0.35,
    size: defaultPreprocessing.size,
    threads: 1,
    layers: [],
  },
)

export const runRecord: RunRecord = {
  format: 1,
  versions: { graft: version, node: process.version },
  plan,
  maxUnreadable: 0.01,
  backbone: { name: 'MobileNetV2', source: 'random', licence: 'Apache-2.0' },
  data: {
    root: 'data',
    fingerprint: 'abc',
    classNames: ['cat', 'dog'],
    examples: { train: 90, validation: 10, test: 0 },
    validation: ['cat/1.jpg', 'dog/2.jpg'],
    test: [],
  },
}
