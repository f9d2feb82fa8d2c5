import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphBuilder } from '../../src/graph/builder.ts'
import { writeOnnx } from '../../src/graph/onnx/write.ts'
import { augmentations } from '../../src/pipeline/augmentation.ts'
import { type PrefixJob, type PrefixPool, prefixPool } from '../../src/train/prefix-pool.ts'

const size = 8
const view = { number: 0, augmentation: augmentations.none, seed: 1 }

/** The mean of each channel. */
function meanGraph(): Uint8Array {
  const g = graphBuilder('mean')
  const image = g.input('image', 'float32', ['N', 3, size, size])
  return writeOnnx(g.build([g.add('GlobalAveragePool', [image], {}, 'mean')]))
}

/** Pictures of one level of grey. */
function grey(level: number, count: number): PrefixJob {
  const pixels = new Uint8Array(count * size * size * 3).fill(level)
  return { pixels, contents: Array.from({ length: count }, (_, at) => `${level}-${at}`), view }
}

/** A batch's features, kept. */
async function featuresOf(pool: PrefixPool, job: PrefixJob): Promise<readonly Float32Array[]> {
  let kept: readonly Float32Array[] = []
  await pool.run(job, features => {
    kept = features.map(values => values.slice())
  })
  return kept
}

test('prefixPool() gives each of many waiting batches its own features', async () => {
  const pool = prefixPool({ model: meanGraph(), size, shapes: [[3, 1, 1]] }, 1)
  try {
    const levels = [0, 50, 100, 150, 200, 250]
    const alone = []
    for (const level of levels) alone.push(await featuresOf(pool, grey(level, 2)))
    const together = await Promise.all(levels.map(level => featuresOf(pool, grey(level, 2))))
    assert.deepEqual(together, alone)
    assert.equal(new Set(alone.map(([mean]) => mean![0])).size, levels.length)
  } finally {
    await pool.close()
  }
})
