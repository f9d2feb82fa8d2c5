/** A prefix that takes no time, and a batch for it. */
import { graphBuilder } from '../../src/graph/builder.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { augmentations } from '../../src/pipeline/augmentation.ts'
import type { PrefixData, PrefixJob } from '../../src/train/prefix-pool.ts'

const size = 8
const g = graphBuilder('prefix')
const image = g.input('image', 'float32', ['N', 3, size, size])
const pooled = g.add('ReduceMean', [image, g.constant('int64', [3], [1, 2, 3])], { keepdims: 0 }, 'mean')

/** Gives the mean of each picture. */
export const prefix: PrefixData = { model: writeOnnx(g.build([pooled])), size, shapes: [[]] }

/** Two black pictures. */
export function job(): PrefixJob {
  const view = { number: 0, augmentation: augmentations.none, seed: 1 }
  return { pixels: new Uint8Array(2 * size * size * 3), contents: ['a', 'b'], view }
}
