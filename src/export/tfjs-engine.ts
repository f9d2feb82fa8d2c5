/** An exported layers model at work: its files read back, its layers run by ONNX Runtime. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { openSession } from '../graph/session.ts'
import { tensor } from '../graph/tensor.ts'
import { canonicalWeights } from '../model/weights/canonical.ts'
import { readWeights } from '../model/weights/read.ts'
import { fitImage } from '../pipeline/fit.ts'
import { toTensorNhwc } from '../pipeline/tensor.ts'
import type { ExportedEngine } from './engines.ts'
import { tfjsModel } from './tfjs.ts'
import { graphOfLayers } from './tfjs-graph.ts'

const level = z.int().min(0).max(255)
const metadata = z.object({
  userMetadata: z.object({
    preprocessing: z.object({
      size: z.int().positive(),
      fit: z.enum(['squash', 'pad', 'crop']),
      background: z.tuple([level, level, level]),
    }),
  }),
})

/** TensorFlow.js is no part of Graft, so its layers are rebuilt from what the files say; docs/tfjs.md has it itself run them. */
export async function openTfjsExport(folder: string): Promise<ExportedEngine> {
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const { preprocessing } = metadata.parse(JSON.parse(text('metadata.json'))).userMetadata
  const weights = canonicalWeights(await readWeights(folder))
  const session = await openSession(graphOfLayers(text(tfjsModel), weights))
  const { size } = preprocessing
  return {
    file: tfjsModel,
    engine: 'its layers, rebuilt on onnxruntime-node',
    async run(image) {
      const pixels = tensor(
        'float32',
        [1, size, size, 3],
        toTensorNhwc(fitImage(image, preprocessing).data, size),
      )
      const { probabilities } = await session.run({ pixels })
      return probabilities!.data as Float32Array
    },
    close: () => session.close(),
  }
}
