/** Heat maps by the engine of browsers, run in Node. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { heatMaps } from '../../src/bundle/heat-maps.ts'
import { openWebExplainer } from '../../src/web/explainer.ts'
import { installedRuntime } from '../../src/web/runtime.ts'
import { tinyParts } from '../bundle/made.ts'
import { smoothImage } from '../pipeline/pictures.ts'

const size = 96
const preprocessing = { size, fit: 'squash', background: [255, 255, 255] } as const
const image = smoothImage(size, size)
const options = { name: 'made.onnx', size, classes: 3, threads: 1 }
/** Float32 sums in another order. */
const tolerance = 1e-4

test('openWebExplainer() draws the heat map of each class that heatMaps() draws in Node', async () => {
  const bytes = buildBundle(tinyParts({ preprocessing }))
  const explainer = await openWebExplainer(await installedRuntime('wasm'), bytes, options)
  for (const choice of [0, 1, 2]) {
    const [expected] = await heatMaps(bytes, [image], { classes: [choice] })
    const { rows, columns, values } = await explainer.run(image.data, choice)
    assert.deepEqual([rows, columns], [3, 3])
    for (const [at, value] of Array.from(expected!.heat.values).entries())
      assert.ok(Math.abs(values[at]! - value) <= tolerance, `${choice}, ${at}: ${values[at]}, not ${value}`)
  }
  await assert.rejects(explainer.run(image.data, 3), RangeError)
  await explainer.close()
})
