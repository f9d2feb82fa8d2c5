import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBundle } from '../../src/bundle/build.ts'
import { openClassifier } from '../../src/bundle/classifier.ts'
import { loadBundle } from '../../src/bundle/load-bundle.ts'
import { transformersFiles } from '../../src/bundle/transformers.ts'
import { openSession } from '../../src/graph/session.ts'
import { tensor } from '../../src/graph/tensor.ts'
import type { Image } from '../../src/pipeline/types.ts'
import { noisyImage, smoothImage } from '../pipeline/pictures.ts'
import { tinyParts } from './made.ts'

/** What transformers.js computes: its processor's pixel values, and the softmax of the logits. */
async function answerOf(model: Uint8Array, { width, height, data }: Image): Promise<number[]> {
  const plane = width * height
  const values = Float32Array.from(data, (_, at) => data[(at % plane) * 3 + Math.floor(at / plane)]!)
  const session = await openSession(model)
  const { logits } = await session.run({ pixel_values: tensor('float32', [1, 3, height, width], values) })
  await session.close()
  const odds = Array.from(logits!.data as Float32Array, Math.exp)
  return odds.map(value => value / odds.reduce((a, b) => a + b))
}

const softmax = { pooling: 'average', activation: 'softmax', classes: 3 } as const
const sigmoid = { pooling: 'max', activation: 'sigmoid', classes: 2 } as const

for (const head of [softmax, sigmoid])
  for (const fit of ['squash', 'pad', 'crop'] as const)
    test(`transformersFiles() ${head.activation}, ${fit}: the model answers as the bundle`, async () => {
      const classNames = ['ant', 'bee', 'cactus'].slice(0, head.classes)
      const preprocessing = { size: 32, fit, background: [10, 200, 30] } as const
      const bundle = loadBundle(buildBundle(tinyParts({ head, classNames, preprocessing, temperature: 1.5 })))
      const model = transformersFiles(bundle).get('onnx/model.onnx') as Uint8Array
      const classifier = await openClassifier(bundle)
      for (const image of [noisyImage(50, 40), smoothImage(32, 32), noisyImage(7, 90)]) {
        const [expected] = await classifier.probabilities([image])
        const answer = await answerOf(model, image)
        for (const [k, value] of answer.entries()) assert.ok(Math.abs(value - expected![k]!) < 1e-6)
      }
      await classifier.close()
    })

test('transformersFiles() tells the labels and leaves resizing and scaling to the model', () => {
  const classNames = ['__proto__', '10', '<b>']
  const files = transformersFiles(loadBundle(buildBundle(tinyParts({ classNames }))))
  assert.deepEqual([...files.keys()], ['config.json', 'preprocessor_config.json', 'onnx/model.onnx'])
  const config = JSON.parse(files.get('config.json') as string)
  assert.equal(config.model_type, 'mobilenet_v2')
  assert.deepEqual(Object.values(config.id2label), classNames)
  assert.deepEqual(
    new Map(Object.entries(config.label2id)),
    new Map(Object.entries({ 10: 1, ['__proto__']: 0, '<b>': 2 })),
  )
  const processor = JSON.parse(files.get('preprocessor_config.json') as string)
  assert.ok(!processor.do_resize && !processor.do_rescale && !processor.do_normalize)
})
