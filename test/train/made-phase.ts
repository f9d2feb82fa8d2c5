/** A phase for tests, plain but for what a test changes. */
import { augmentations } from '../../src/pipeline/augmentation.ts'
import type { Phase } from '../../src/train/types.ts'

export function madePhase(change: Partial<Phase> = {}): Phase {
  return {
    name: 'head',
    epochs: 2,
    fromLayer: null,
    batchNorm: 'frozen',
    learningRate: 0.1,
    layerDecay: 1,
    schedule: 'constant',
    warmup: 0,
    optimizer: { type: 'adam' },
    labelSmoothing: 0,
    augmentation: augmentations.none,
    views: 1,
    patience: null,
    keep: 'best',
    ...change,
  }
}
