/** What the engine says of values, against plain sums over them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statisticsOf } from '../../src/export/statistics.ts'
import { graphBuilder } from '../../src/graph/builder.ts'
import { onnxNumber } from '../../src/graph/onnx/dtypes.ts'
import { tensor } from '../../src/graph/tensor.ts'
import type { Graph, Tensor } from '../../src/graph/types.ts'
import { noise } from '../pipeline/pictures.ts'

/** Pixels less 100, channels first. */
function shifted(): Graph {
  const g = graphBuilder('shifted')
  const image = g.input('image', 'uint8', ['N', 4, 4, 3])
  const floats = g.add('Cast', [image], { to: onnxNumber.float32 })
  const planes = g.add('Transpose', [floats], { perm: [0, 3, 1, 2] })
  g.add('Sub', [planes, g.constant('float32', [], [100])], {}, 'value')
  return g.build(['value'])
}

test('statisticsOf() gives the least, the most and the means over batches of unequal sizes', async () => {
  const pixels = noise(5 * 48)
  async function* batches(): AsyncGenerator<Tensor> {
    yield tensor('uint8', [4, 4, 4, 3], pixels.subarray(0, 4 * 48))
    yield tensor('uint8', [1, 4, 4, 3], pixels.subarray(4 * 48))
  }
  const found = (await statisticsOf(shifted(), ['value'], batches())).get('value')!
  assert.equal(found.least, Math.min(...pixels) - 100)
  assert.equal(found.most, Math.max(...pixels) - 100)
  for (const channel of [0, 1, 2]) {
    const levels = pixels.filter((_, at) => at % 3 === channel)
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length - 100
    assert.ok(Math.abs(found.means[channel]! - mean) < 1e-4)
  }
})
